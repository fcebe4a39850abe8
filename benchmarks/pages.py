"""What a page costs on a running demonstration site: median time, bytes on the wire, ratio to a page without data.

    python3 benchmarks/pages.py http://127.0.0.1:8000 officer.bmc PASSWORD $(make -s code WHO=officer.bmc)

Rounds are interleaved, so that a machine whose speed drifts drifts for every page alike. Nothing but the standard
library; the site must be warm (the first round is thrown away).
"""

import http.cookiejar
import re
import statistics
import sys
import time
import urllib.parse
import urllib.request

ROUNDS = 30


class Visitor:
    def __init__(self, base: str) -> None:
        self.base = base
        jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        self.opener.addheaders = [("Accept-Encoding", "gzip, br")]

    def get(self, path: str, data: dict[str, str] | None = None) -> tuple[bytes, float]:
        """Body as it came over the wire, and seconds until its last byte."""
        body = urllib.parse.urlencode(data).encode() if data else None
        began = time.perf_counter()
        with self.opener.open(self.base + path, body, timeout=30) as answer:
            raw = answer.read()
        return raw, time.perf_counter() - began

    def send(self, path: str, data: dict[str, str]) -> bytes:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get(path)[0].decode())
        if token is None:
            sys.exit(
                "The sign-in page has no form: is this address the site, and are name and password right?"
            )
        return self.get(path, {**data, "csrfmiddlewaretoken": token[1]})[0]

    def sign_in(self, name: str, password: str, code: str) -> None:
        self.opener.addheaders = []
        self.send("/sign-in/", {"login": name, "password": password})
        if b'action="/sign-out/"' not in self.send("/sign-in/second/", {"code": code}):
            sys.exit("Sign-in was refused: the code is wrong or was used before.")
        self.opener.addheaders = [("Accept-Encoding", "gzip, br")]


def first_visit(base: str) -> int:
    """Bytes of the sign-in page and everything it asks for, compressed as a browser would get it."""
    visitor = Visitor(base)
    page = visitor.get("/sign-in/")[0]
    plain = urllib.request.urlopen(base + "/sign-in/").read().decode()
    assets = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', plain))
    css = next(a for a in assets if a.endswith(".css"))
    sheet = urllib.request.urlopen(base + css).read().decode()
    fonts = {f for f in re.findall(r"url\([\"']?([^)\"']+\.woff2)", sheet) if "khmer-700" in f}
    folder = css.rsplit("/", 1)[0]
    assets |= {urllib.parse.urljoin(folder + "/", f) for f in fonts}
    return len(page) + sum(len(visitor.get(asset)[0]) for asset in assets)


def main() -> None:
    base, (name, password, code) = sys.argv[1].rstrip("/"), sys.argv[2:5]
    visitor = Visitor(base)
    visitor.sign_in(name, password, code)
    visitor.opener.addheaders = []
    listed = visitor.get("/files/")[0].decode()
    numbers = re.findall(r"/files/([A-Z]{3}-\d{4}-\d{5}-\d)/", listed)
    visitor.opener.addheaders = [("Accept-Encoding", "gzip, br")]
    pages = {"base (help page)": "/help/", "my work": "/", "list": "/files/", "file": f"/files/{numbers[0]}/"}
    times: dict[str, list[float]] = {label: [] for label in pages}
    size: dict[str, int] = {}
    for turn in range(ROUNDS + 1):
        for label, path in pages.items():
            raw, seconds = visitor.get(path)
            size[label] = len(raw)
            if turn:
                times[label].append(seconds)
    base_median = statistics.median(times["base (help page)"])
    print(f"{'page':<18}{'median ms':>10}{'p95 ms':>9}{'ratio':>8}{'bytes':>9}")
    for label, found in times.items():
        median = statistics.median(found)
        p95 = sorted(found)[int(len(found) * 0.95) - 1]
        print(
            f"{label:<18}{median * 1000:>10.1f}{p95 * 1000:>9.1f}{median / base_median:>8.2f}{size[label]:>9,}"
        )
    print(f"first visit: {first_visit(base):,} bytes")


if __name__ == "__main__":
    main()
