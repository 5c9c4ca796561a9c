"""What a line's relevo.toml says, as frozen values. Reading the file, and refusing a bad one, is `relevo.settings`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

#: What a column is. The last four are variables, each with its pinned type; only variables are structure.
Kind = Literal["text", "label", "id", "ignore", "category", "number", "boolean", "date"]
VARIABLES: tuple[Kind, ...] = ("category", "number", "boolean", "date")


@dataclass(frozen=True, slots=True)
class LineSettings:
    """`[line]`: its name (part of the service's address) and its stages."""

    name: str
    stages: tuple[str, ...] = ("data", "model", "service")


@dataclass(frozen=True, slots=True)
class DataSettings:
    """`[data]`: where the rows come from and what each column is."""

    path: str
    columns: Mapping[str, Kind]
    source: str = "csv"
    prepare: str = ""
    minimum_rows: int = 2
    warn_rows: int = 20
    withdrawal_confirmed: str = ""

    def column(self, kind: Kind) -> str:
        """The header of the only column of that kind, "" when there is none."""
        return next((name for name, its in self.columns.items() if its == kind), "")

    @property
    def variables(self) -> dict[str, Kind]:
        """Header → type of the variables, in alphabetical order of the headers."""
        return {name: self.columns[name] for name in sorted(self.columns) if self.columns[name] in VARIABLES}


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """`[model]`: how it is trained and what it must reach. Latencies are milliseconds, shares are 0 to 1."""

    holdout: float = 0.2
    c: float = 0.5
    seed: int = 0
    minimum_accuracy: float = 0.5
    p95_ms: float = 50.0


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """`[service]`: the file that declares it, and the requirement: `share` of the requests under `limit_ms`.

    The performance gates send `rate` requests a second (open loop) until `requests` have been sent.
    """

    app: str = "service/app.py"
    limit_ms: float = 150.0
    share: float = 0.95
    rate: float = 50.0
    requests: int = 600


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """`[store]`: where artifacts are kept."""

    path: str = ".relevo/store"


@dataclass(frozen=True, slots=True)
class VersionSettings:
    """`[versions]`: the names of tags, and the branches (shell patterns) that make releases."""

    tag: str = "{stage}@v{version}"
    release_branches: tuple[str, ...] = ("main", "master", "develop", "release", "release/*", "hotfix/*")


@dataclass(frozen=True, slots=True)
class Settings:
    """A whole relevo.toml."""

    line: LineSettings
    data: DataSettings
    model: ModelSettings = field(default_factory=ModelSettings)
    service: ServiceSettings = field(default_factory=ServiceSettings)
    store: StoreSettings = field(default_factory=StoreSettings)
    versions: VersionSettings = field(default_factory=VersionSettings)
    policy: Mapping[str, str] = field(default_factory=dict)
