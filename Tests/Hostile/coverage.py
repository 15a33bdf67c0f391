"""R1: each mode of groups A to D is met by each of the five operations, or stands here with the reason why it is not."""

import modes
from demands import ALL

FIRST, LAST = 1, 59

ELSEWHERE = "a mode of TLS, which the server here does not speak: Tests/Secure/tls.py has its row"
LARGE = "an answer or an end before the body has been read needs a body that does not fit the socket's buffers: an upload's alone"
OTHERS = ("get", "create", "cancel", "delete")

#: Pairs without a cell.
NOT_APPLICABLE = {
    **{(family, operation): ELSEWHERE for family in ("F08", "F09") for operation in ALL},
    **{(family, operation): LARGE for family in ("F17", "F18", "F19") for operation in OTHERS},
}


def families():
    return [f"F{number:02d}" for number in range(FIRST, LAST + 1)]


def gaps(cells, is_long):
    """Pairs of a mode and an operation that neither have a cell nor a reason; and reasons for what has a cell."""
    met = {(cell.mode.family, cell.operation) for cell in cells}
    # What takes long is the long run's; a quick one knows that it is there.
    if not is_long:
        met |= {
            (mode.family, operation)
            for mode in modes.TABLE.values()
            if mode.is_long and mode.demand
            for operation in mode.demand.by_operation
        }
    for family in families():
        for operation in ALL:
            pair = family, operation
            if pair not in met and pair not in NOT_APPLICABLE:
                yield f"{family} {operation} has no cell, and no reason for that"
            elif pair in met and pair in NOT_APPLICABLE:
                yield f"{family} {operation} has a cell, and a reason why it has none"
