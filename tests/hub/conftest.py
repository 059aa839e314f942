"""A Hub of our own on the loopback interface, and `tmt` commands that know no other."""

import hashlib
import io
import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs, unquote, urlsplit

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

COLOURS = [("red", "rot"), ("green", "grün"), ("blue", "blau"), ("white", "weiß")]
THINGS = [("house", "Haus"), ("tree", "Baum"), ("dog", "Hund"), ("ball", "Ball")]


def make_pairs(first, last):
    """Return English and German sentences, 16 for each number."""
    return [
        (f"The {thing} number {n} is {colour}.", f"{ding} Nummer {n} ist {farbe}.")
        for n in range(first, last)
        for thing, ding in THINGS
        for colour, farbe in COLOURS
    ]


def translation_parquet(pairs):
    """Return a parquet file with a `translation` column, as the datasets of WMT have."""
    rows = [{"de": german, "en": english} for english, german in pairs]
    type_ = pa.struct([("de", pa.string()), ("en", pa.string())])
    stream = io.BytesIO()
    pq.write_table(pa.table({"translation": pa.array(rows, type_)}), stream)
    return stream.getvalue()


def write_jsonl(pairs):
    rows = ({"id": n, "en": source, "de": target} for n, (source, target) in enumerate(pairs))
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


README = """\
---
configs:
- config_name: de-en
  data_files:
  - {split: train, path: de-en/train-*}
  - {split: validation, path: de-en/validation-*}
  - {split: test, path: de-en/test-*}
- config_name: fr-en
  data_files:
  - {split: train, path: fr-en/train-*}
dataset_info:
- config_name: de-en
  features:
  - name: translation
    dtype: {translation: {languages: [de, en]}}
- config_name: fr-en
---
# Phrases
"""


class FakeHub:
    """Answers what `huggingface_hub` asks about datasets; notes each request."""

    def __init__(self):
        self.heads = {}  # dataset -> the commit that main is at
        self.files = {}  # (dataset, commit) -> path -> content
        self.gated = set()
        self.broken = {}  # path -> how often its download may still begin
        self.down = False
        self.requests = []
        hub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                hub.answer(self)

            do_GET = do_HEAD = do_POST = answer  # noqa: N815 - as http.server wants them

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def push(self, dataset, files):
        """Make a commit of these files and let main point to it; return the commit."""
        commit = hashlib.sha1(repr((dataset, sorted(files.items()))).encode()).hexdigest()
        self.files[dataset, commit] = files
        self.heads[dataset] = commit
        return commit

    def downloads(self):
        """Return the paths whose content was asked for, in order."""
        return [path for method, path in self.requests if method == "GET" and "/resolve/" in path]

    def answer(self, request):
        url = urlsplit(request.path)
        path = unquote(url.path)
        self.requests.append((request.command, path))
        length = int(request.headers.get("Content-Length", 0))
        body = request.rfile.read(length).decode()
        if self.down:
            return self.send(request, 500)
        api, _, rest = path.removeprefix("/").partition("datasets/")
        words = rest.split("/")
        dataset = "/".join(words[:2])
        if dataset not in self.heads:
            return self.send(request, 401, error="RepoNotFound")
        kind, revision = (words[2], words[3]) if len(words) > 3 else ("revision", "main")
        commit = self.heads[dataset] if revision == "main" else revision
        files = self.files.get((dataset, commit))
        if files is None:
            return self.send(request, 404, error="RevisionNotFound")
        path = "/".join(words[4:])
        if kind == "revision" and api == "api/":
            names = [{"rfilename": name} for name in files]
            return self.send_json(request, {"id": dataset, "sha": commit, "siblings": names})
        if kind == "tree":
            recursive = parse_qs(url.query).get("recursive", ["false"])[0].lower() == "true"
            return self.send_tree(request, files, path, recursive=recursive)
        if kind == "paths-info":
            asked = parse_qs(body)["paths"]
            return self.send_json(request, [e for e in entries(files) if e["path"] in asked])
        assert kind == "resolve", request.path
        if dataset in self.gated:
            return self.send(request, 403, error="GatedRepo")
        if path not in files:
            return self.send(request, 404, error="EntryNotFound", commit=commit)
        return self.send_file(request, path, files[path], commit)

    def send_tree(self, request, files, folder, *, recursive):
        inside = [e for e in entries(files) if not folder or e["path"].startswith(f"{folder}/")]
        if not inside:
            return self.send(request, 404, error="EntryNotFound")
        depth = len(Path(folder).parts) + 1
        if not recursive:
            inside = [entry for entry in inside if len(Path(entry["path"]).parts) == depth]
        return self.send_json(request, inside)

    def send_file(self, request, path, content, commit):
        etag = hashlib.sha1(content).hexdigest()
        if request.command == "GET" and path in self.broken:
            self.broken[path] -= 1
            if self.broken[path] < 0:
                return self.send(request, 500)
            half = content[: len(content) // 2]
            self.send(request, 200, half, length=len(content), etag=etag, commit=commit)
            request.close_connection = True
            return None
        return self.send(request, 200, content, etag=etag, commit=commit)

    def send_json(self, request, value):
        self.send(request, 200, json.dumps(value).encode(), kind="application/json")

    def send(self, request, status, content=b"", *, length=None, kind=None, **about):
        request.send_response(status)
        request.send_header("Content-Length", str(len(content) if length is None else length))
        request.send_header("Content-Type", kind or "application/octet-stream")
        names = {"etag": "ETag", "commit": "X-Repo-Commit", "error": "X-Error-Code"}
        for name, value in about.items():
            request.send_header(names[name], f'"{value}"' if name == "etag" else value)
        request.end_headers()
        if request.command != "HEAD":
            request.wfile.write(content)


def entries(files):
    """Return what the Hub says of the files of a commit and the folders they lie in."""
    found = {}
    for name, content in files.items():
        for folder in list(Path(name).parents)[:-1]:
            found[str(folder)] = {"type": "directory", "path": str(folder), "oid": "0" * 40}
        oid = hashlib.sha1(content).hexdigest()
        found[name] = {"type": "file", "path": name, "size": len(content), "oid": oid}
    return list(found.values())


@pytest.fixture(scope="session")
def hub():
    hub = FakeHub()
    yield hub
    hub.close()


@pytest.fixture(scope="session")
def sentences():
    return make_pairs


@pytest.fixture(scope="session")
def jsonl():
    return write_jsonl


@pytest.fixture(scope="session")
def phrases():
    """Return the files of a dataset with two configurations and a `translation` column."""
    return {
        "README.md": README.encode(),
        "de-en/train-00000-of-00002.parquet": translation_parquet(make_pairs(0, 8)),
        "de-en/train-00001-of-00002.parquet": translation_parquet(make_pairs(8, 16)),
        "de-en/validation-00000-of-00001.parquet": translation_parquet(make_pairs(90, 91)),
        "de-en/test-00000-of-00001.parquet": translation_parquet(make_pairs(91, 92)),
        "fr-en/train-00000-of-00001.parquet": translation_parquet(make_pairs(0, 1)),
    }


@pytest.fixture(scope="session")
def hub_environment(hub, tmp_path_factory):
    """Return the environment in which the Hub is ours, and its cache a new folder."""
    strange = {"HF_TOKEN", "HF_DATASETS_CACHE", "HF_HUB_CACHE", "HF_HUB_OFFLINE"}
    return {
        **{name: value for name, value in os.environ.items() if name not in strange},
        "HF_ENDPOINT": hub.url,
        "HF_HOME": str(tmp_path_factory.mktemp("hf")),
        "HF_UPDATE_DOWNLOAD_COUNTS": "0",  # else a request goes to a server that is not ours
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "NO_PROXY": "127.0.0.1",
        "OMP_NUM_THREADS": "1",
    }


@pytest.fixture(scope="session")
def commands(hub_environment, tmp_path_factory):
    """Return a function that runs `tmt` in a folder, in a child of a server that has imported."""
    folder = tmp_path_factory.mktemp("commands")
    server = subprocess.Popen(
        [sys.executable, str(Path(__file__).parents[1] / "command_server.py")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=folder,
        env=hub_environment,
    )

    def run(*arguments, faults=()):
        output = folder / "output"
        words = [str(argument) for argument in arguments]
        request = {"arguments": words, "output": str(output), "faults": list(faults)}
        server.stdin.write(json.dumps([request]) + "\n")
        server.stdin.flush()
        (code,) = json.loads(server.stdout.readline())
        out, err = (output.with_suffix(suffix).read_text("utf-8") for suffix in (".out", ".err"))
        return SimpleNamespace(code=code, out=out, err=err)

    run.folder = folder
    yield run
    server.stdin.close()
    server.stdout.close()
    server.wait()


CONFIG = """\
data:
  source_language: en
  target_language: de
  {data}
  max_source_length: 40
  max_target_length: 40
tokenizer: {{vocab_size: 120, byte_fallback: false}}
model: {{d_model: 16, num_heads: 2, d_ff: 32, num_encoder_layers: 1, num_decoder_layers: 1}}
training:
  max_steps: 2
  precision: float32
  tokens_per_update: 200
  max_tokens_per_batch: 200
  schedule: constant
  validate_every_steps: 2
decoding: {{beam_size: 1, max_length_ratio: 0.1}}
"""


@pytest.fixture
def write_config(tmp_path):
    """Return a function that writes a config with these keys of `data`, and returns its path."""

    def write_config(*data):
        path = tmp_path / "hub.yaml"
        path.write_text(CONFIG.format(data="\n  ".join(data)), encoding="utf-8")
        return path

    return write_config
