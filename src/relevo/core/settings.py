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

    #: The name of the line, part of the service's address: lower-case letters, digits and hyphens.
    name: str
    #: The stages it goes through; their order follows from what each takes.
    stages: tuple[str, ...] = ("data", "model", "service")


@dataclass(frozen=True, slots=True)
class DataSettings:
    """`[data]`: where the rows come from and what each column is."""

    #: The file with the training rows, relative to relevo.toml.
    path: str
    #: A section of its own: the kind of every column of the file, by its header.
    columns: Mapping[str, Kind]
    #: The kind of source that `path` is.
    source: str = "csv"
    #: The project's own preprocessing, `module:function`; its code is part of what the data is made from.
    prepare: str = ""
    #: A group with fewer rows fails the gate `group-size`.
    minimum_rows: int = 2
    #: A group with fewer rows is warned of.
    warn_rows: int = 20
    #: Confirms one large withdrawal: the text that the gate `withdrawal` asks for.
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

    #: The share of the texts that is never trained on; which ones follows from a hash of the text.
    holdout: float = 0.2
    #: The inverse strength of the regularisation of the linear classifier.
    c: float = 0.5
    #: The seed of whatever in the training is drawn by chance.
    seed: int = 0
    #: The least share of the held-out rows that must be answered right.
    minimum_accuracy: float = 0.5
    #: 95 % of single answers of the model must come within this time, in milliseconds.
    p95_ms: float = 50.0


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """`[service]`: the file that declares it, and the requirement: `share` of the requests under `limit_ms`.

    The performance gates send `rate` requests a second (open loop) until `requests` have been sent.
    """

    #: The file that declares the service.
    app: str = "service/app.py"
    #: The requirement: a request is in time when it is answered within this, in milliseconds.
    limit_ms: float = 150.0
    #: The requirement: the share of the requests that must be in time.
    share: float = 0.95
    #: How many requests a second the performance gates send, whether answers come or not.
    rate: float = 100.0
    #: How many requests each performance gate sends.
    requests: int = 600


@dataclass(frozen=True, slots=True)
class ImageSettings:
    """`[image]`: what the container image is made from, and who builds it."""

    #: The file that says how; the locked dependencies, `requirements.txt`, lie beside it.
    dockerfile: str = "image/Dockerfile"
    #: The image to start from, best pinned by its digest. The variable `RELEVO_BASE` overrides it.
    base: str = "python:3.12-slim"
    #: Who builds: `podman`, `buildah`, `docker` or `oci`, which needs no engine; empty: the first engine that answers.
    builder: str = ""
    #: Further arguments of the engine's `build`, for machines that need them.
    build_args: tuple[str, ...] = ()
    #: Further arguments of the engine's `run` in the gates, for machines or images that need them.
    run_args: tuple[str, ...] = ()
    #: What the image may weigh over its base, in MB (a million bytes) as a registry keeps it, compressed.
    maximum_mb: float = 25.0
    #: Where `relevo push image` takes it: `registry.example.org/team/name`.
    repository: str = ""
    #: A file of advisories in the OSV format; a package that one of them names fails the gate `vulnerabilities`.
    advisories: str = ""


@dataclass(frozen=True, slots=True)
class DeploySettings:
    """`[deploy.ENV]`: what a container gets there, written as Kubernetes does. The image is measured in `test`."""

    #: The processor time that it may use: `500m` is half of one core, `2` is two.
    cpu: str = "500m"
    #: The memory that it may use: `256Mi`, `1Gi`.
    memory: str = "256Mi"


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """`[store]`: where artifacts are kept."""

    #: The folder of the store, relative to relevo.toml.
    path: str = ".relevo/store"


@dataclass(frozen=True, slots=True)
class VersionSettings:
    """`[versions]`: the names of tags, and the branches (shell patterns) that make releases."""

    #: How tags are called; `v{version}` will do where a line has one stage.
    tag: str = "{stage}@v{version}"
    #: The branches that make releases (shell patterns); others make local builds `1.2.0-BRANCH.1`.
    release_branches: tuple[str, ...] = ("main", "master", "develop", "release", "release/*", "hotfix/*")


@dataclass(frozen=True, slots=True)
class Settings:
    """A whole relevo.toml."""

    line: LineSettings
    data: DataSettings
    model: ModelSettings = field(default_factory=ModelSettings)
    service: ServiceSettings = field(default_factory=ServiceSettings)
    image: ImageSettings = field(default_factory=ImageSettings)
    deploy: Mapping[str, DeploySettings] = field(default_factory=dict)
    store: StoreSettings = field(default_factory=StoreSettings)
    versions: VersionSettings = field(default_factory=VersionSettings)
    #: Version rules of this line: `"stage.change" = "none"`, `"patch"`, `"minor"` or `"major"`.
    policy: Mapping[str, str] = field(default_factory=dict)
