"""Whether the network is a metered one, such as that of a telephone: paid by the byte, or slow beyond some amount.

NetworkManager is asked by the library that reaches the keyring as well, and Windows by one call of its own. Qt could
tell too, but its part for networks takes 7 MB and, at its first use, 75 ms of the window's thread.
"""

import sys

PATIENCE_SECONDS = 2.0
_NETWORK_MANAGER = "org.freedesktop.NetworkManager"
_YES, _PERHAPS = 1, 3
"""``NMMetered``: set by a user, and guessed by the system."""


def is_metered(patience_seconds: float = PATIENCE_SECONDS) -> bool:
    """Whether the network is metered, as far as the system tells. It may take a moment, so it belongs in a thread."""
    if sys.platform == "win32":
        return _is_paid(_windows_cost())
    return sys.platform == "linux" and _network_manager_says(patience_seconds) in (_YES, _PERHAPS)


def _network_manager_says(patience_seconds: float) -> int:
    """Return what NetworkManager says, 0 where there is none; it is not started for that."""
    # it is asked for the first time when the window is long there
    from jeepney import DBusAddress, DBusErrorResponse, MessageFlag, Properties
    from jeepney.io.blocking import open_dbus_connection
    from jeepney.wrappers import unwrap_msg

    path = f"/{_NETWORK_MANAGER.replace('.', '/')}"
    question = Properties(DBusAddress(path, _NETWORK_MANAGER, _NETWORK_MANAGER)).get("Metered")
    question.header.flags |= MessageFlag.no_auto_start
    try:
        with open_dbus_connection("SYSTEM", auth_timeout=patience_seconds) as bus:
            ((_, told),) = unwrap_msg(bus.send_and_get_reply(question, timeout=patience_seconds))
    except (OSError, ValueError, KeyError, RuntimeError, DBusErrorResponse):
        # no bus, no such service, no answer in time, or an answer to something else
        return 0
    return told if isinstance(told, int) else 0


def _is_paid(cost: int) -> bool:
    """Whether an ``NLM_CONNECTION_COST`` (netlistmgr.h) is one.

    Paid by amount, fixed or variable, or an amount that is near or passed, or the network of another provider.
    """
    return bool(cost & (0x2 | 0x4 | 0x10000 | 0x40000 | 0x80000))


if sys.platform == "win32":
    import ctypes
    from ctypes import HRESULT, POINTER, WINFUNCTYPE, byref, c_uint32, c_ulong, c_void_p

    _IDS = ("{DCB00C01-570F-4A9B-8D69-199FDBA5723B}", "{DCB00008-570F-4A9B-8D69-199FDBA5723B}")
    """``CLSID_NetworkListManager`` and ``IID_INetworkCostManager`` of netlistmgr.h."""
    _ANYWHERE = 23
    """``CLSCTX_ALL``"""
    # the functions of an object by their places; the first three are those that every object has
    _release = WINFUNCTYPE(c_ulong)(2, "Release")
    _get_cost = WINFUNCTYPE(HRESULT, POINTER(c_uint32), c_void_p)(3, "GetCost")

    def _windows_cost() -> int:
        """Return what Windows says of the connection to the internet, 0 where it says nothing."""
        ole, manager, cost = ctypes.OleDLL("ole32"), c_void_p(), c_uint32()
        of_list, of_costs = ids = [(ctypes.c_char * 16)() for _ in _IDS]
        try:
            ole.CoInitializeEx(None, 0)
            try:
                for id, text in zip(ids, _IDS, strict=True):
                    ole.CLSIDFromString(ctypes.c_wchar_p(text), id)
                ole.CoCreateInstance(of_list, None, _ANYWHERE, of_costs, byref(manager))
                try:
                    _get_cost(manager, byref(cost), None)
                finally:
                    _release(manager)
            finally:
                ole.CoUninitialize()
        except OSError:
            return 0
        return cost.value
