"""The same data and settings give the same files: trained once more, and compared by digest."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

from relevo.core.artifact import Draft, files_digest
from relevo.core.message import N_, Message
from relevo.core.verdict import Verdict
from relevo.model.export import export
from relevo.model.train import train
from relevo.tools.files import digests


class Reproducible:
    name: ClassVar[str] = "reproducible"
    guards: ClassVar[str] = "model"

    def check(self, draft: Draft) -> Verdict:
        with TemporaryDirectory() as folder:
            export(train(draft.inputs["data"], draft.settings.model, lambda _: None), Path(folder))
            again = digests(Path(folder))
        first = digests(draft.folder)
        differ = sorted(name for name in {*first, *again} if first.get(name) != again.get(name))
        text = N_("`{file}` came out different the second time")
        return Verdict.of(
            self.name,
            not differ and files_digest(again) == draft.output_digest,
            evidence=tuple(Message(text, {"file": name}) for name in differ),
        )
