"""Shapes of codes as the settings have them: read, and refused where no code could ever fit."""

import re
from typing import Any

from erp.connectors.sage300.shapes import BETWEEN, CODE, LIMITS, MEANING, PLACES, PUNCTUATION, Pad, Shape, too_long
from erp.connectors.sage300.text import Unwritable

EXAMPLES = {"0": "1", "A": "A", "#": "1", "?": "1"}


def read(name: str, data: Any) -> Shape:
    """The shape of a field from the settings. Raises Unwritable with every fault."""
    label = LIMITS[name].label
    try:
        mask, strip, suffix = (_text(data, key) for key in ("mask", "strip", "suffix"))
        shape = Shape(name, mask, strip, tuple(_pad(one) for one in data.get("pad", ())), suffix)
    except (AttributeError, KeyError, TypeError, ValueError):
        raise Unwritable(f"{label}: its shape is a mask, signs to strip, paddings and a suffix. Enter it anew.") from None
    if found := faults(shape):
        raise Unwritable(" ".join(found))
    return shape


def _pad(data: dict[str, Any]) -> Pad:
    return Pad(int(data["section"]), str(data["side"]), int(data["to"]), str(data.get("sign", "0")))


def _text(data: dict[str, Any], key: str) -> str:
    value = data.get(key, "")
    if not isinstance(value, str):
        raise TypeError(key)
    return value


def faults(shape: Shape) -> list[str]:
    """What is wrong with a shape, each a sentence."""
    return [*_of_mask(shape), *_of_rules(shape)] or _useless(shape)


def _of_mask(shape: Shape) -> list[str]:
    label, mask = shape.limit.label, shape.mask
    if wrong := sorted(set(mask) - set(PLACES) - set(PUNCTUATION)):
        return [f"The mask of {label} has {' '.join(wrong)}. In a mask {MEANING}."]
    if mask and not all(BETWEEN.split(mask)[::2]):
        return [f"No code fits the mask {mask} of {label}: a section of it has no place for a sign. Write at least one between, "
                "before and behind the dividing signs."]  # fmt: skip
    over = too_long(shape.limit, mask)
    return [f"No code of Sage fits the mask {mask} of {label}: it {over}. Shorten it."] if over else []


def _of_rules(shape: Shape) -> list[str]:
    found = []
    if set(shape.strip) - set(PUNCTUATION):
        found.append(f"only the signs - . / _ and spaces can be stripped, not “{shape.strip}”.")
    if not CODE.fullmatch(shape.suffix):
        found.append(f"the suffix “{shape.suffix}” has signs that no code of Sage has; write letters, digits or - . / _.")
    found += [fault for pad in shape.pad if (fault := _of_pad(shape, pad))]
    return [f"{shape.limit.label}: {fault}" for fault in found]


def _of_pad(shape: Shape, pad: Pad) -> str:
    sections, most = len(BETWEEN.split(shape.mask)) // 2 + 1 if shape.mask else shape.limit.sections, shape.limit.most
    if not 1 <= pad.section <= sections:
        return f"there is no section {pad.section} to pad; there are {sections}."
    if 1 <= pad.to <= most and pad.side in ("left", "right") and re.fullmatch("[A-Za-z0-9]", pad.sign):
        return ""
    return f"section {pad.section} is padded left or right, with a letter or a digit, to a length from 1 to {most}."


def _useless(shape: Shape) -> list[str]:
    """Of the codes that fill every place of the mask, or only those they must, one has to come through."""
    tried = sorted({example.removesuffix(shape.suffix) for example in _examples(shape)})
    if any(code and not shape.why_not(shape.changed(code)) for code in tried):
        return []
    what = f"No code of {shape.limit.label} can fit the mask {shape.mask or '(none)'} with these rules"
    made = shape.changed(tried[0])
    return [f"{what}: “{tried[0]}” would become “{made}”. Change the mask, the padding or the suffix."]


def _examples(shape: Shape) -> list[str]:
    """Codes that fit the mask, also with the suffix in the place of their end."""
    plain = ["".join(EXAMPLES.get(sign, sign) for sign in mask) or "1" for mask in (shape.mask, shape.mask.replace("?", ""))]
    return [*plain, *(code[: len(code) - len(shape.suffix)] + shape.suffix for code in plain)]
