"""Known weaknesses of the parts that the product is made of: asked for, counted against their time, never guessed."""

import datetime
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from config.local import sbom, weaknesses

TODAY = datetime.date(2026, 11, 25)
PARTS = [part["purl"] for part in sbom.bill()["components"]]
DJANGO = next(one for one in PARTS if one.startswith("pkg:pypi/django@"))
HTMX = next(one for one in PARTS if one.startswith("pkg:npm/"))


def known(published, severity=None, **more):
    fixed = {"ranges": [{"events": [{"introduced": "0"}, {"fixed": "99.1"}]}]}
    told = {"published": f"{published}T08:00:00Z", "affected": [fixed], **more}
    return told | ({"database_specific": {"severity": severity}} if severity else {})


@pytest.fixture
def osv():
    """`osv(found, reports)`: the address of a collection that knows these; it notes what it was asked."""
    servers = []

    def serve(found, reports):
        class Answers(BaseHTTPRequestHandler):
            asked = []

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                self.asked.append(body)
                purls = [one["package"]["purl"] for one in body["queries"]]
                self.say({"results": [{"vulns": [{"id": i} for i in found.get(one, [])]} for one in purls]})

            def do_GET(self):
                name = self.path.rsplit("/", 1)[1]
                self.say({"id": name, **reports[name]})

            def say(self, answer):
                self.send_response(200)
                self.end_headers()
                self.wfile.write(json.dumps(answer).encode())

            def log_message(self, *_args):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}", Answers.asked

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.asvs("15.2.1")
def test_one_past_its_time_fails_and_one_in_time_is_told(osv, capsys):
    reports = {"OSV-1": known("2026-11-20", "CRITICAL"), "OSV-2": known("2026-11-20", "LOW")}
    address, asked = osv({DJANGO: ["OSV-1"], HTMX: ["OSV-2"]}, reports)
    assert weaknesses.report(address, TODAY) == 1
    first, second, last = capsys.readouterr().out.splitlines()
    assert first == f"{DJANGO}: OSV-1, CRITICAL, 2 days PAST ITS TIME, mended in 99.1"
    assert second == f"{HTMX}: OSV-2, LOW, 175 days left, mended in 99.1"
    assert last == f"{len(PARTS)} parts asked about, 2 known weaknesses, 1 past their time."
    assert [one["package"] for body in asked for one in body["queries"]] == [{"purl": one} for one in PARTS]

    assert weaknesses.report(address, TODAY - datetime.timedelta(days=2)) == 0


@pytest.mark.asvs("15.2.1")
def test_of_which_nobody_says_how_bad_it_is_counts_as_bad_and_a_withdrawn_one_not(osv, capsys):
    reports = {
        "OSV-1": known("2026-11-01"),
        "OSV-2": known("2020-01-01", "CRITICAL", withdrawn="2021-01-01T00:00:00Z"),
    }
    address, _asked = osv({DJANGO: ["OSV-1", "OSV-2"]}, reports)
    assert weaknesses.report(address, TODAY) == 1
    assert "OSV-1, HIGH, 10 days PAST ITS TIME" in capsys.readouterr().out


@pytest.mark.parametrize("broken", ["nobody", "fewer"])
def test_without_an_answer_nothing_is_called_good(osv, capsys, broken, monkeypatch):
    address, _asked = osv({}, {})
    if broken == "nobody":
        address = "http://127.0.0.1:9"
    else:
        monkeypatch.setattr(weaknesses, "_get", lambda *_args: {"results": []})
    assert weaknesses.report(address, TODAY) == 2
    assert "Nothing is known" in capsys.readouterr().out
