"""The files of a model: what they are called, what is in them, and that there is nothing else.

    model.json        format, groups, inputs, the scale of each number, the bias of each group
    vocabulary.json   the features in the order of their columns: words, characters, then those of each variable
    idf.npy           float32 (words + characters): the inverse document frequency of each
    weights.npy       float32 (features, groups), C order: what each feature says for each group

All of it is data. Reading never runs code: pickles and arrays of objects are refused, whatever they are called.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import msgspec

from relevo_runtime.errors import ModelFilesError
from relevo_runtime.inputs import Input
from relevo_runtime.variables import Scale

if TYPE_CHECKING:
    import numpy as np

T = TypeVar("T")

FORMAT = 1
DESCRIPTION, VOCABULARY, IDF, WEIGHTS = "model.json", "vocabulary.json", "idf.npy", "weights.npy"
FILES = (DESCRIPTION, VOCABULARY, IDF, WEIGHTS)
#: The store's own file beside them, which a model does not read.
MANIFEST = "manifest.json"


class Description(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`model.json`. `bias` has one number a group; `scales` has one entry for each input that is a number."""

    format: int
    groups: tuple[str, ...]
    inputs: tuple[Input, ...]
    scales: dict[str, Scale]
    bias: tuple[float, ...]


class Vocabulary(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`vocabulary.json`. `variables` has one list for each input but the text, in the order of the inputs."""

    words: tuple[str, ...]
    characters: tuple[str, ...]
    variables: dict[str, tuple[str, ...]]


class Weights(NamedTuple):
    """The two arrays; `weights` is mapped from its file and read as it is needed."""

    idf: "np.ndarray[Any, np.dtype[np.float32]]"
    weights: "np.ndarray[Any, np.dtype[np.float32]]"


def refuse_strangers(folder: Path) -> None:
    """Raises ModelFilesError unless `folder` holds the files of a model, and no other."""
    try:
        found = {path.name for path in folder.iterdir()}
    except OSError as error:
        raise ModelFilesError("unreadable", str(folder), reason=error.strerror or str(error)) from error
    for name in sorted(found - {*FILES, MANIFEST}):
        raise ModelFilesError("unknown-file", name)
    for name in FILES:
        if name not in found:
            raise ModelFilesError("missing-file", name)


def read_description(folder: Path) -> Description:
    """What `model.json` says. Raises ModelFilesError when it is damaged, contradicts itself or is of another format."""
    form = _decode(folder, DESCRIPTION, dict[str, Any]).get("format")
    if form != FORMAT:
        raise ModelFilesError("other-format", DESCRIPTION, found=form, known=FORMAT)
    description = _decode(folder, DESCRIPTION, Description)
    groups, names = description.groups, [given.name for given in description.inputs]
    numbers = {given.name for given in description.inputs if given.type == "number"}
    texts = [given for given in description.inputs if given.type == "text"]
    agrees = (
        len(groups) > 1
        and list(groups) == sorted(set(groups))
        and len(description.bias) == len(groups)
        and len(set(names)) == len(names)
        and texts == [Input("text", "text")]
        and numbers == set(description.scales)
        and all(scale.deviation > 0 for scale in description.scales.values())
    )
    if not agrees:
        raise ModelFilesError("contradiction", DESCRIPTION)
    return description


def read_vocabulary(folder: Path, description: Description) -> Vocabulary:
    """The features. Raises ModelFilesError when one is there twice, or they are of other variables."""
    vocabulary = _decode(folder, VOCABULARY, Vocabulary)
    lists = (vocabulary.words, vocabulary.characters, *vocabulary.variables.values())
    named = [given.name for given in description.inputs if given.type != "text"]
    if list(vocabulary.variables) != named or any(len(set(names)) != len(names) for names in lists):
        raise ModelFilesError("misfit", VOCABULARY)
    return vocabulary


def read_weights(folder: Path, description: Description, vocabulary: Vocabulary) -> Weights:
    """The arrays. Raises ModelFilesError unless they are plain float32 of the shapes that the other files ask for."""
    weighed = len(vocabulary.words) + len(vocabulary.characters)
    features = weighed + sum(map(len, vocabulary.variables.values()))
    return Weights(
        _array(folder / IDF, (weighed,)),
        _array(folder / WEIGHTS, (features, len(description.groups))),
    )


def _decode(folder: Path, name: str, kind: type[T]) -> T:
    try:
        return msgspec.json.decode((folder / name).read_bytes(), type=kind)
    except OSError as error:
        raise ModelFilesError("unreadable", name, reason=error.strerror or str(error)) from error
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ModelFilesError("damaged", name, reason=str(error)) from error


def _array(path: Path, shape: tuple[int, ...]) -> Any:
    # Whoever only asks for the groups and inputs must not pay for numpy.
    import numpy as np

    try:
        array = np.lib.format.open_memmap(path, mode="r")  # which has no way to open a pickle
    except OSError as error:
        raise ModelFilesError("unreadable", path.name, reason=error.strerror or str(error)) from error
    except Exception as error:  # numpy parses a damaged head with Python's own tokenizer, and names no errors
        raise ModelFilesError("damaged", path.name, reason=" ".join(str(error).split())) from error
    if array.dtype != np.dtype("<f4") or array.shape != shape or not array.flags.c_contiguous:
        raise ModelFilesError("other-shape", path.name, found=f"{array.dtype} {array.shape}", wanted=f"float32 {shape}")
    if path.stat().st_size != array.offset + array.nbytes:
        raise ModelFilesError("damaged", path.name, reason="there is more in it than the array")
    if not np.isfinite(array).all():
        raise ModelFilesError("damaged", path.name, reason="there are numbers in it that are none")
    return array.view(np.ndarray)  # without the bookkeeping of np.memmap at every access
