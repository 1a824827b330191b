"""Makes every enumeration of Qt's binding both ways and tells what differs; prints how many there are."""

import enum
import importlib

from cbr_desktop.app import quick_enums

usual, asked_for = enum.EnumType._create_, []


def noted(base, class_name, names, **more):
    if quick_enums.is_of_the_binding(names, more):
        asked_for.append((base, class_name, names, more))
    return quick_enums.created(base, class_name, names, **more)


def describe(made):
    members, flags = made.__members__, issubclass(made, enum.Flag)
    some = list(members.values())[:12]
    pairs = [(one, other) for one in some for other in some]
    asked = [
        lambda: [made.__name__, made.__doc__, made.__bases__, len(made), flags],
        lambda: sorted(vars(made).keys() - members.keys()),
        lambda: [(name, each.name, each.value, each._value_, each._sort_order_) for name, each in members.items()],
        lambda: [each.name for each in made],
        lambda: [each.name for each in reversed(made)],
        lambda: [(repr(each), str(each), format(each), bool(each), hash(each) == hash(each.value)) for each in some],
        lambda: [made(each.value) is each and made[name] is each for name, each in members.items()],
        lambda: [getattr(made, name) is each for name, each in members.items()],
        lambda: [(one == other, one is other, one == other.value, other in made) for one, other in pairs],
        lambda: [name for name in dir(made) if not name.startswith("_")],
        lambda: [isinstance(each, made) and each.__class__ is made for each in some],
        lambda: [vars(made).get(name) is each for name, each in members.items()],
        lambda: made(-987),
    ]
    if flags:
        asked += [
            lambda: [made._flag_mask_, made._singles_mask_, made._all_bits_, made._boundary_],
            lambda: [(repr(one | other), (one & other).value, (one ^ other).value) for one, other in pairs],
            lambda: [other in one for one, other in pairs],
            lambda: [(~one).value for one in some],
            lambda: [[each.name for each in one | other] for one, other in pairs],
            lambda: [one | other.value for one, other in pairs],
        ]
    return [outcome(each) for each in asked]


def outcome(act):
    try:
        return repr(act())
    except Exception as error:
        return f"{type(error).__name__}: {error}".rpartition(".")[2]


def main():
    enum.EnumType._create_ = noted
    for name in ("QtCore", "QtGui", "QtWidgets"):
        module = importlib.import_module(f"PySide6.{name}")
        for holder in [getattr(module, name) for name in dir(module)]:
            if isinstance(holder, type):
                for inner in [each for each in dir(holder) if each[:1].isupper()]:
                    getattr(holder, inner, None)
    enum.EnumType._create_ = usual
    for base, name, names, more in asked_for:
        quick = quick_enums.made(base, name, names, more.get("boundary"))
        told = [describe(each) for each in (usual(base, name, names, **more), quick)]
        wrong = [pair for pair in zip(*told, strict=True) if pair[0] != pair[1]]
        assert not wrong, (name, wrong)
    print(len(asked_for))


main()
