# One image for web, worker, beat and the one-shot commands; `keeper` is the same with PostgreSQL's client programs.
# docs/install.md says how it is run. Nothing secret is ever part of it: keys come as files at run time.

# --- style sheets, scripts, fonts
FROM node:22-trixie-slim AS front
WORKDIR /src/static/src
COPY static/src/package.json static/src/package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY static/src/ ./
RUN npm run build

# --- Python packages, each file checked by its hash; wheels only, so that no code of others runs while installing
FROM python:3.12-slim-trixie AS packages
COPY requirements/base.txt /requirements.txt
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --require-hashes \
    --only-binary :all: --requirement /requirements.txt \
 && /venv/bin/pip uninstall --yes --quiet pip

# --- the site
FROM python:3.12-slim-trixie AS site
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings KARPEA_STATIC=/app/staticfiles KARPEA_FILES=/files
COPY --from=packages /venv /venv
WORKDIR /app
COPY manage.py LICENSE THIRD_PARTY.md ./
COPY accounts/ accounts/
COPY audit/ audit/
COPY cases/ cases/
COPY config/ config/
COPY desk/ desk/
COPY locale/ locale/
COPY referrals/ referrals/
COPY reports/ reports/
COPY templates/ templates/
COPY --from=front /src/static/build/ static/build/
# Words and static files are made now, so that nothing has to be written where it runs. The settings ask for keys:
# these are made for this one step and deleted in it. A clone made with a strict umask may be read by root alone, and
# it is not root that runs here.
RUN find . ! -perm -go=r -exec chmod go+rX '{}' + \
 && python -m config.local.catalogues \
 && python config/new_secrets.py /tmp/once > /dev/null \
 && KARPEA_SECRETS=/tmp/once/keys.json DATABASE_URL_WEB_FILE=/tmp/once/database_url_web \
    python manage.py collectstatic --no-input --verbosity 0 --ignore=rest_framework --ignore=guardian \
    --ignore=ext --ignore='htmx-4*' --ignore='htmax-4*' --ignore=htmx-2.js \
 && rm -rf /tmp/once \
 && python -m compileall -q /app \
 && mkdir /files /backups && chown 10001:10001 /files /backups
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 CMD ["python", "-m", "config.probe", "web"]
CMD ["gunicorn", "--config", "config/gunicorn.py"]

# --- the same, able to dump and restore
FROM site AS keeper
USER 0:0
RUN apt-get update -qq \
 && apt-get install -qq --yes --no-install-recommends postgresql-client-17 > /dev/null \
 && rm -rf /var/lib/apt/lists/*
USER 10001:10001
HEALTHCHECK NONE
CMD ["python", "manage.py", "backup", "--at", "01:30"]

# What a build without --target makes
FROM site
