"""Which versions exist, which one is the base, and which number comes next: store and git read together."""

import re
from contextlib import suppress
from fnmatch import fnmatchcase
from functools import cached_property

from relevo.core.artifact import Artifact, Ref
from relevo.core.base import Known, Tag, base, free, next_build
from relevo.core.change import Change
from relevo.core.ports import Repository, Store
from relevo.core.settings import VersionSettings
from relevo.core.version import Version


class History:
    """The past of one line, as seen from HEAD. Read once; make a new one after publishing."""

    def __init__(self, store: Store, repository: Repository, settings: VersionSettings) -> None:
        self.store = store
        self.repository = repository
        self.settings = settings
        self._known: dict[str, tuple[Known, ...]] = {}

    @cached_property
    def release_branch(self) -> bool:
        """Whether this branch makes releases. Outside git and on a detached HEAD, as in a pipeline, it does."""
        branch = self.repository.branch()
        return not branch or any(fnmatchcase(branch, pattern) for pattern in self.settings.release_branches)

    def tag_name(self, ref: Ref) -> str:
        return self.settings.tag.format(stage=ref.stage, version=ref.version)

    def known(self, stage: str) -> tuple[Known, ...]:
        """Every version of `stage` that a tag or the store knows, in ascending order."""
        if stage not in self._known:
            self._known[stage] = self._read(stage)
        return self._known[stage]

    def tagged(self, stage: str) -> dict[Version, Tag]:
        """The versions of `stage` that tags name."""
        pattern = re.escape(self.settings.tag)
        pattern = pattern.replace(r"\{stage\}", re.escape(stage)).replace(r"\{version\}", "(.+)")
        found = {}
        for name, tag in self.repository.tags().items():
            if match := re.fullmatch(pattern, name):
                with suppress(ValueError):
                    found[Version.parse(match[1])] = tag
        return found

    def _read(self, stage: str) -> tuple[Known, ...]:
        tags = self.tagged(stage)
        found = {version: Known(version, True, False, tag.reachable, tag.commit) for version, tag in tags.items()}
        for version in self.store.versions(stage):
            if tag := tags.get(version):
                found[version] = Known(version, True, True, tag.reachable, tag.commit)
            else:
                commit = self.store.get(Ref(stage, version)).commit
                reachable = bool(commit) and self.repository.contains(commit)
                found[version] = Known(version, False, True, reachable, commit)
        return tuple(found[version] for version in sorted(found))

    def base(self, stage: str) -> Artifact | None:
        """The release that `stage` is compared with. Raises UsageError when its tag is there and it is not."""
        version = base(stage, self.known(stage))
        return self.store.get(Ref(stage, version)) if version else None

    def current(self, stage: str) -> Artifact | None:
        """What stands on this history: the newest local build of this branch above the base, else the base."""
        release = self.base(stage)
        if self.release_branch:
            return release
        branch = Version(0, 0, 0).on_branch(self.repository.branch(), 0).branch
        builds = [item.version for item in self.known(stage) if item.version.branch == branch and item.reachable]
        if builds and (release is None or max(builds) > release.version):
            return self.store.get(Ref(stage, max(builds)))
        return release

    def newest(self, stage: str) -> Artifact | None:
        """The highest release in the store, whatever branch made it."""
        releases = [item.version for item in self.known(stage) if item.stored and item.version.is_release]
        return self.store.get(Ref(stage, max(releases))) if releases else None

    def number(self, stage: str, release: Version) -> Version:
        """The version that a new artifact gets, when the rules say `release`.

        Raises FailureError when another branch published that number.
        """
        known = self.known(stage)
        if self.release_branch:
            return free(stage, release, known, self.repository.head())
        return next_build(release, self.repository.branch(), known)

    def same_content(self, stage: str, output_digest: str) -> Version | None:
        """The newest older version with this content."""
        for item in reversed(self.known(stage)):
            if item.stored and self.store.get(Ref(stage, item.version)).output_digest == output_digest:
                return item.version
        return None

    def changes_between(self, old: Version, new: Artifact) -> tuple[Change, ...]:
        """What the versions after `old` up to `new` changed, newest first, as their manifests say."""
        changes: list[Change] = []
        step: Artifact | None = new
        while step and step.version > old:
            changes.extend(step.changes)
            stored = any(item.version == step.base and item.stored for item in self.known(step.stage))
            step = self.store.get(Ref(step.stage, step.base)) if step.base and stored else None
        return tuple(changes)
