import hashlib
import itertools
import json
import os
import shutil
from pathlib import Path

import pytest
import safetensors.torch
import torch

import transformer_mt
from transformer_mt.checkpoint import Checkpoint, CheckpointStore
from transformer_mt.errors import UserError
from transformer_mt.saved_model import load_weights
from transformer_mt.training.optimizer import build_optimizer, optimizer_tensors, restore_optimizer

FILES = ["model.safetensors", "optimizer.safetensors", "training.json", "manifest.json"]


def tensors(seed, *, prefix=""):
    generator = torch.Generator().manual_seed(seed)
    shapes = {"b.weight": (3, 4), "a.bias": (5,), "step": ()}
    return {
        prefix + name: torch.randn(shape, generator=generator) for name, shape in shapes.items()
    }


def save(store, step, *, note="", seed=None):
    seed = step if seed is None else seed
    return store.save(
        step=step,
        weights=tensors(seed),
        optimizer=tensors(seed + 1, prefix="exp_avg."),
        state={"step": step, "note": note},
    )


def prune(store, *, keep, protected=(), is_regular=lambda step: True):
    store.prune(keep=keep, protected=protected, is_regular=is_regular)


def steps(store):
    return [checkpoint.step for checkpoint in store.all()]


def with_optimizer(store):
    return [c.step for c in store.all() if (c.path / "optimizer.safetensors").exists()]


def files_of(folder):
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def store(tmp_path):
    return CheckpointStore(tmp_path)


def assert_equal_tensors(found, expected):
    assert found.keys() == expected.keys()
    for name, tensor in expected.items():
        assert found[name].dtype == tensor.dtype
        assert torch.equal(found[name], tensor), name


# Saving and loading


def test_what_is_saved_is_loaded(store):
    saved = save(store, 12, note="Käse")
    found, skipped = store.newest_intact()
    assert (found, skipped) == (saved, [])
    assert found.path == store.run / "checkpoints" / "step-00000012"
    assert found.damage() is None
    assert found.can_resume()
    assert_equal_tensors(found.weights(), tensors(12))
    assert_equal_tensors(found.optimizer(), tensors(13, prefix="exp_avg."))
    assert found.state() == {"step": 12, "note": "Käse"}


def test_equal_content_gives_equal_bytes(tmp_path):
    for name in ("one", "other"):
        save(CheckpointStore(tmp_path / name), 3)
    assert files_of(tmp_path / "one") == files_of(tmp_path / "other")


def test_a_run_without_checkpoints(store):
    assert store.all() == []
    assert store.newest_intact() == (None, [])
    store.forget_after(0)
    prune(store, keep=1)


def test_model_and_optimizer_go_on_as_if_nothing_had_been(store, make_model):
    from transformer_mt.config import TrainingConfig

    def update(model, optimizer, seed):
        generator = torch.Generator().manual_seed(seed)
        for parameter in model.parameters():
            parameter.grad = torch.randn(parameter.shape, generator=generator)
        optimizer.step()

    settings = TrainingConfig()
    model = make_model(seed=1)
    optimizer = build_optimizer(model, settings)
    update(model, optimizer, 0)
    saved = store.save(
        step=1,
        weights=dict(model.named_parameters()),
        optimizer=optimizer_tensors(model, optimizer),
        state={},
    )
    other = make_model(seed=2)
    other_optimizer = build_optimizer(other, settings)
    load_weights(other, saved.weights())
    restore_optimizer(other, other_optimizer, saved.optimizer())
    for each, each_optimizer in ((model, optimizer), (other, other_optimizer)):
        update(each, each_optimizer, 1)
    assert_equal_tensors(dict(other.named_parameters()), dict(model.named_parameters()))


def test_tied_parameters_are_saved_once(store, make_model):
    sizes = {"source_vocab_size": 17, "target_vocab_size": 17, "shared_vocabulary": True}
    model = make_model(**sizes)
    saved = store.save(step=1, weights=dict(model.named_parameters()), optimizer={}, state={})
    tied = {"source_embedding.weight", "target_embedding.weight", "output_projection.weight"}
    assert len(tied & saved.weights().keys()) == 1
    num_bytes = (saved.path / "model.safetensors").stat().st_size
    header = 200 * len(saved.weights())
    assert num_bytes <= 4 * sum(p.numel() for p in model.parameters()) + header
    other = make_model(seed=7, **sizes)
    load_weights(other, saved.weights())
    assert other.output_projection.weight is other.source_embedding.weight
    assert_equal_tensors(dict(other.named_parameters()), dict(model.named_parameters()))


@pytest.mark.parametrize("change", ["missing", "unknown", "shape"])
def test_weights_of_another_model_do_not_load(make_model, change):
    model = make_model()
    weights = {name: p.detach().clone() for name, p in model.named_parameters()}
    name = next(iter(weights))
    tensor = weights[name]
    if change == "shape":
        weights[name] = tensor[:-1]
    else:
        del weights[name]
    if change == "unknown":
        weights["other"] = tensor
    with pytest.raises(ValueError, match=name if change != "unknown" else "other"):
        load_weights(model, weights)


def test_no_pickle(store):
    save(store, 1)
    store.save_averaged(step=1, weights=tensors(1), state={})
    store.write_pointer("best", {"checkpoint": "step-00000001", "step": 1})
    for path in store.run.rglob("*"):
        assert path.is_dir() or path.suffix in {".safetensors", ".json"}
    for path in Path(transformer_mt.__file__).parent.rglob("*.py"):
        code = path.read_text(encoding="utf-8")
        for word in ("import pickle", "torch.save", "torch.load", "joblib", "import shelve"):
            assert word not in code, path


# Dying at any moment


class Death(BaseException):
    """Stands for the end of the process."""


def die_at(monkeypatch, call):
    """Let the n-th call of what changes the disk raise, some of them after half their work."""
    calls = itertools.count()
    save_file = safetensors.torch.save_file

    def torn_save_file(content, path):
        save_file(content, path)
        if next(calls) == call:
            os.truncate(path, path.stat().st_size // 2)
            raise Death

    def dying(original):
        def call_or_die(*args, **kwargs):
            if next(calls) == call:
                raise Death
            return original(*args, **kwargs)

        return call_or_die

    monkeypatch.setattr(safetensors.torch, "save_file", torn_save_file)
    for name in ("mkdir", "fsync", "replace", "unlink", "rmdir"):
        monkeypatch.setattr(os, name, dying(getattr(os, name)))


def every_death(tmp_path, monkeypatch, before, act):
    """Yield a store for each moment at which `act` can die, after it has died there."""
    prepared = CheckpointStore(tmp_path / "prepared")
    before(prepared)
    for call in itertools.count():
        store = CheckpointStore(Path(shutil.copytree(prepared.run, tmp_path / str(call))))
        with monkeypatch.context() as patch:
            die_at(patch, call)
            try:
                act(store)
            except Death:
                pass
            else:
                assert call > 5
                return
        yield store


def recover(store, act):
    newest, skipped = store.newest_intact()
    assert skipped == []
    store.forget_after(newest.step)
    act(store)


def test_a_checkpoint_is_there_whole_or_not_at_all(tmp_path, monkeypatch):
    def before(store):
        save(store, 1)
        save(store, 2)

    def act(store):
        save(store, 3)

    undisturbed = CheckpointStore(tmp_path / "undisturbed")
    before(undisturbed)
    act(undisturbed)
    found = set()
    for store in every_death(tmp_path, monkeypatch, before, act):
        assert all(checkpoint.damage() is None for checkpoint in store.all())
        newest, skipped = store.newest_intact()
        assert skipped == []
        found.add(newest.step)
        assert_equal_tensors(newest.weights(), tensors(newest.step))
        recover(store, act)
        assert files_of(store.run) == files_of(undisturbed.run)
    assert found == {2, 3}


def test_a_checkpoint_that_is_replaced_is_never_a_mixture(tmp_path, monkeypatch):
    def before(store):
        save(store, 1)
        save(store, 2, note="old", seed=5)

    def act(store):
        save(store, 2, note="new", seed=6)

    found = set()
    for store in every_death(tmp_path, monkeypatch, before, act):
        newest, skipped = store.newest_intact()
        assert skipped == []
        note = newest.state()["note"]
        found.add(note)
        seed = {"": 1, "old": 5, "new": 6}[note]
        assert_equal_tensors(newest.weights(), tensors(seed))
        assert_equal_tensors(newest.optimizer(), tensors(seed + 1, prefix="exp_avg."))
        recover(store, act)
        assert steps(store) in ([1, 2], [2])
        assert list(store.folder.glob("*.tmp")) == []
    assert found == {"", "old", "new"}


def test_pruning_leaves_whole_checkpoints(tmp_path, monkeypatch):
    def before(store):
        for step in range(1, 7):
            save(store, step)
        store.save_averaged(step=2, weights=tensors(2), state={})

    def act(store):
        prune(store, keep=3, protected=[2])

    undisturbed = CheckpointStore(tmp_path / "undisturbed")
    before(undisturbed)
    act(undisturbed)
    for store in every_death(tmp_path, monkeypatch, before, act):
        assert all(checkpoint.damage() is None for checkpoint in store.all())
        assert set(steps(store)) >= {2, 4, 5, 6}
        assert store.newest_intact()[0].step == 6
        recover(store, act)
        assert files_of(store.run) == files_of(undisturbed.run)


def test_forgetting_leaves_whole_checkpoints(tmp_path, monkeypatch):
    def before(store):
        for step in range(1, 4):
            save(store, step)
        store.save_averaged(step=3, weights=tensors(3), state={})
        store.write_pointer("averaged", {"checkpoint": "averaged-00000003", "step": 3})
        (store.folder / "step-00000003" / "optimizer.safetensors").unlink()
        (store.folder / "step-00000004.tmp").mkdir()
        (store.folder / "step-00000004.tmp" / "model.safetensors").touch()

    def act(store):
        newest, skipped = store.newest_intact()
        assert newest.step == 2
        assert len(skipped) <= 1
        store.forget_after(2)

    for store in every_death(tmp_path, monkeypatch, before, act):
        act(store)
        assert steps(store) == [1, 2]
        assert list(store.folder.glob("*.tmp")) == []
        assert store.read_pointer("averaged") is None


def test_a_full_disk_is_a_message(store, monkeypatch):
    save(store, 1)

    def fail(content, path):
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(safetensors.torch, "save_file", fail)
        with pytest.raises(UserError, match=r"step-00000002.*No space left") as caught:
            save(store, 2)
    assert caught.value.exit_code == 1
    assert [path.name for path in store.folder.iterdir()] == ["step-00000001"]


# Damage


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("kind", ["truncated", "emptied", "longer", "deleted"])
def test_damaged_files_are_named(store, file, kind):
    save(store, 1)
    newest = save(store, 2)
    path = newest.path / file
    content = path.read_bytes()
    if kind == "deleted":
        path.unlink()
    else:
        changed = {"truncated": content[:-7], "emptied": b"", "longer": content + b"x"}
        path.write_bytes(changed[kind])
    assert file in newest.damage()
    found, skipped = store.newest_intact()
    assert found.step == 1
    assert skipped == [f"{newest.path}: skipped, {newest.damage()}."]


@pytest.mark.parametrize("file", FILES)
def test_every_flipped_bit_is_found(store, file):
    newest = save(store, 2)
    path = newest.path / file
    content = path.read_bytes()
    flipped = bytearray(content)
    for place in range(len(content)):
        flipped[place] ^= 1 << place % 8
        path.write_bytes(flipped)
        try:
            assert newest.damage() is not None, place
        except UserError as error:  # the bit was in the number of the version
            assert file == "manifest.json"
            assert "format version" in str(error)
        flipped[place] = content[place]
    path.write_bytes(content)
    assert newest.damage() is None


def test_a_manifest_must_say_everything(store):
    newest = save(store, 2)
    path = newest.path / "manifest.json"
    manifest = json.loads(path.read_bytes())
    without_model = {k: v for k, v in manifest["files"].items() if k != "model.safetensors"}
    for broken in (
        [],
        {},
        "text",
        {**manifest, "files": []},
        {**manifest, "files": {}},
        {**manifest, "files": without_model},
        {**manifest, "files": {**manifest["files"], "training.json": 7}},
        {**manifest, "files": {**manifest["files"], "training.json": {"bytes": 2}}},
        {**manifest, "step": 3},
    ):
        path.write_text(json.dumps(broken), encoding="utf-8")
        assert "manifest.json" in newest.damage(), broken


def test_the_newest_of_the_intact_is_found(store):
    for step in (1, 2, 3, 4):
        save(store, step)
    for step in (3, 4):
        (store.folder / f"step-{step:08d}" / "training.json").write_text("{}", encoding="utf-8")
    found, skipped = store.newest_intact()
    assert found.step == 2
    assert [line.split(": ")[0][-8:] for line in skipped] == ["00000004", "00000003"]


@pytest.mark.parametrize("how", ["damaged", "deleted"])
def test_no_checkpoint_to_resume_from_is_an_error_and_not_a_new_beginning(store, how):
    for step in (1, 2, 3, 4):
        save(store, step)
    prune(store, keep=4)
    for step in (3, 4):
        folder = store.folder / f"step-{step:08d}"
        if how == "deleted":
            shutil.rmtree(folder)
        else:
            (folder / "model.safetensors").write_bytes(b"")
    with pytest.raises(UserError, match="no intact checkpoint is left to resume from") as caught:
        store.newest_intact()
    assert caught.value.exit_code == 1
    assert "no longer has its optimizer state" in str(caught.value)
    assert "--overwrite" in str(caught.value)
    assert str(caught.value).count("\n") <= 4


def test_a_format_of_the_future_is_an_error(store):
    save(store, 1)
    path = save(store, 2).path / "manifest.json"
    manifest = json.loads(path.read_bytes())
    path.write_text(json.dumps({"format_version": 2, "other": manifest}), encoding="utf-8")
    with pytest.raises(UserError, match="format version 2 is not 1") as caught:
        store.newest_intact()
    assert "step-00000002" in str(caught.value)
    with pytest.raises(UserError, match="format version 2 is not 1"):
        Checkpoint(path.parent, 2).damage()


def test_weights_that_cannot_be_read_are_an_error(store):
    saved = save(store, 1)
    (saved.path / "model.safetensors").write_bytes(b"no tensors")
    with pytest.raises(UserError, match=r"model\.safetensors: cannot be read"):
        saved.weights()


# Which are kept


@pytest.mark.parametrize(
    ("saved", "keep", "protected", "kept"),
    [
        ([2, 4, 6, 8], 2, [], [6, 8]),
        ([2, 4, 6, 8], 9, [], [2, 4, 6, 8]),
        ([2, 4, 6, 8], 1, [2], [2, 8]),
        ([2, 4, 6, 8], 1, [3], [8]),
        ([2, 4, 6, 7], 2, [], [4, 6, 7]),  # 7 is irregular, and the newest
        ([2, 4, 5, 6, 7, 8], 2, [], [6, 8]),
        ([2, 4, 5, 6, 7, 8], 2, [5], [5, 6, 8]),
    ],
)
def test_which_checkpoints_are_kept(store, saved, keep, protected, kept):
    for step in saved:
        save(store, step)
    prune(store, keep=keep, protected=protected, is_regular=lambda step: step % 2 == 0)
    assert steps(store) == kept
    assert with_optimizer(store) == kept[-2:]
    assert all(checkpoint.damage() is None for checkpoint in store.all())


def test_only_the_newest_two_can_be_resumed_from(store):
    for step in range(1, 5):
        save(store, step)
        prune(store, keep=10)
    assert [c.can_resume() for c in store.all()] == [False, False, True, True]
    assert all(checkpoint.damage() is None for checkpoint in store.all())
    assert_equal_tensors(store.all()[0].weights(), tensors(1))


def test_a_damaged_checkpoint_is_not_made_to_look_intact(store):
    for step in range(1, 5):
        save(store, step)
    path = store.folder / "step-00000001" / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    prune(store, keep=4)
    assert "model.safetensors" in store.all()[0].damage()


def test_only_the_averaged_weights_that_are_pointed_to_are_kept(store):
    save(store, 1)
    for step in (1, 2):
        saved = store.save_averaged(step=step, weights=tensors(step), state={"of": [step]})
    assert not saved.can_resume()
    assert saved.damage() is None
    store.write_pointer("averaged", {"checkpoint": saved.path.name, "step": 2})
    prune(store, keep=1)
    assert [path.name for path in store.folder.glob("averaged-*")] == ["averaged-00000002"]
    assert_equal_tensors(store.pointed(store.read_pointer("averaged")).weights(), tensors(2))


def test_what_lies_beyond_a_step_is_forgotten(store):
    for step in (1, 2, 3):
        save(store, step)
    for step in (2, 3):
        store.write_pointer("averaged", {"checkpoint": f"averaged-{step:08d}", "step": step})
        store.forget_after(2)
        assert (store.read_pointer("averaged") is not None) == (step == 2)
    assert steps(store) == [1, 2]


# Pointers


def test_pointers(store):
    assert store.read_pointer("best") is None
    store.remove_pointer("best")
    content = {"checkpoint": "step-00000004", "step": 4, "bleu": 12.5, "loss": 1.25}
    store.write_pointer("best", {"checkpoint": "step-00000002", "step": 2})
    store.write_pointer("best", content)
    assert store.read_pointer("best") == content
    assert store.pointed(content) == Checkpoint(store.folder / "step-00000004", 4)
    assert [path.name for path in store.run.iterdir()] == ["best.json"]
    store.remove_pointer("best")
    assert store.read_pointer("best") is None


def test_a_damaged_pointer_is_a_message(store):
    for damage in (b'{"checkpoint": "st', b"", b"\xff", b"[1]", b"null"):
        (store.run / "best.json").write_bytes(damage)
        with pytest.raises(UserError, match=r"best\.json: is damaged. Delete it"):
            store.read_pointer("best")
