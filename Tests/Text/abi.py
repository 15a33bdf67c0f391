"""The library through its header, by ctypes: what C programs see of an answer."""

import ctypes
import json
import os

PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../build/lib/libreplicate.so.1")
lib = ctypes.CDLL(PATH)

TEXT, SIZE, HANDLE, INT, LONG_INT = ctypes.c_char_p, ctypes.c_size_t, ctypes.c_void_p, ctypes.c_int32, ctypes.c_int64
INTO, INTO_SIZE = ctypes.POINTER(ctypes.c_void_p), ctypes.POINTER(ctypes.c_size_t)
UPDATED, DONE, FAILED, STREAM, CHUNK = 1, 2, 3, 6, 8
TYPES = {0: None, 1: "null", 2: "boolean", 3: "number", 4: "string", 5: "array", 6: "object"}


def declare(name, returns, *takes):
    function = getattr(lib, "replicate_" + name)
    function.restype, function.argtypes = returns, takes
    return function


for each in ("kind", "message", "text", "title", "detail", "code", "delivery"):
    declare("error_" + each, TEXT, HANDLE)
for each in ("status", "retryable", "attempts"):
    declare("error_" + each, INT, HANDLE)
for each in ("invalid_fields", "tries", "prediction"):
    declare("error_" + each, HANDLE, HANDLE, INTO_SIZE)
for each in ("error", "config", "client", "input", "event", "request"):
    declare(each + "_free", None, HANDLE)
declare("config_new", HANDLE, INTO)
declare("config_set", HANDLE, HANDLE, TEXT, TEXT)
declare("client_new", HANDLE, HANDLE, INTO)
declare("client_poll", HANDLE, HANDLE, INT, INTO)
declare("input_new", HANDLE, TEXT, SIZE, INTO)
declare("input_set", HANDLE, HANDLE, TEXT, TEXT, SIZE)
declare("event_kind", INT, HANDLE)
declare("event_error", HANDLE, HANDLE)
declare("event_type", INT, HANDLE, TEXT)
declare("event_count", SIZE, HANDLE, TEXT)
for each in ("string", "value"):
    declare("event_" + each, HANDLE, HANDLE, TEXT, INTO_SIZE)
for each in ("json", "bytes", "headers"):
    declare("event_" + each, HANDLE, HANDLE, INTO_SIZE)
declare("event_integer", INT, HANDLE, TEXT, ctypes.POINTER(LONG_INT))
declare("event_number", INT, HANDLE, TEXT, ctypes.POINTER(ctypes.c_double))
declare("event_boolean", INT, HANDLE, TEXT, ctypes.POINTER(INT))
declare("event_stream_count", SIZE, HANDLE)
declare("json_value", HANDLE, ctypes.c_void_p, SIZE, TEXT, INTO_SIZE)
declare("webhook_validate", HANDLE, TEXT, TEXT, TEXT, TEXT, SIZE, TEXT, LONG_INT)


class Refused(Exception):
    """An error that a function returned, or that an event carries."""

    def __init__(self, error):
        def text(name):
            value = getattr(lib, "replicate_error_" + name)(error)
            return value.decode() if isinstance(value, bytes) else value

        self.kind, self.message, self.text, self.delivery = (text(name) for name in ("kind", "message", "text", "delivery"))
        self.status, self.retryable, self.title, self.detail = (text(name) for name in ("status", "retryable", "title", "detail"))
        length = ctypes.c_size_t()
        for name in ("invalid_fields", "tries", "prediction"):
            place = getattr(lib, "replicate_error_" + name)(error, length)
            if place:
                json.loads(ctypes.string_at(place, length.value))
        super().__init__(self.text)


def fine(error):
    """Raises what came instead of nothing."""
    if error:
        try:
            raise Refused(error)
        finally:
            lib.replicate_error_free(error)


def webhook(identity, time, signature, body, secret, tolerance):
    """None, or the error."""
    try:
        fine(lib.replicate_webhook_validate(identity, time, signature, body, len(body), secret, tolerance))
    except Refused as refused:
        return refused
    return None


class Event:
    def __init__(self, handle):
        self.handle, self.kind = handle, lib.replicate_event_kind(handle)

    def error(self):
        error = lib.replicate_event_error(self.handle)
        return Refused(error) if error else None

    def _bytes(self, name, *place):
        length = ctypes.c_size_t()
        at = getattr(lib, "replicate_event_" + name)(self.handle, *place, length)
        return None if at is None else ctypes.string_at(at, length.value)

    def json(self):
        return self._bytes("json")

    def type(self, pointer):
        return TYPES[lib.replicate_event_type(self.handle, pointer)]

    def string(self, pointer):
        return self._bytes("string", pointer)

    def value(self, pointer):
        return self._bytes("value", pointer)

    def count(self, pointer):
        return lib.replicate_event_count(self.handle, pointer)

    def _number(self, name, kind, pointer):
        value = kind()
        return value.value if getattr(lib, "replicate_event_" + name)(self.handle, pointer, value) else None

    def integer(self, pointer):
        return self._number("integer", LONG_INT, pointer)

    def number(self, pointer):
        return self._number("number", ctypes.c_double, pointer)

    def boolean(self, pointer):
        return self._number("boolean", INT, pointer)

    def __del__(self):
        lib.replicate_event_free(self.handle)


def made(function, *given):
    handle = ctypes.c_void_p()
    fine(getattr(lib, "replicate_" + function)(*given, handle))
    return handle.value


def options(**given):
    config = made("config_new")
    for name, value in given.items():
        fine(lib.replicate_config_set(config, name.encode(), str(value).encode()))
    return config


class Client:
    def __init__(self, base_url, **given):
        config = options(base_url=base_url, auth=os.environ["CANARY_TOKEN"], max_retries=0, **given)
        self.handle = made("client_new", config)
        lib.replicate_config_free(config)

    def poll(self, milliseconds=30000):
        handle = made("client_poll", self.handle, milliseconds)
        return Event(handle) if handle else None

    def call(self, function, *given):
        """The last event of an operation; `given` are its arguments up to the user data, bytes for text and None for NULL."""
        call = getattr(lib, "replicate_" + function)
        call.restype = HANDLE
        fine(call(ctypes.c_void_p(self.handle), *(ctypes.c_void_p(a) if isinstance(a, int) else a for a in given), None, None))
        while True:
            event = self.poll()
            if event is None or event.kind in (DONE, FAILED):
                return event

    def free(self):
        lib.replicate_client_free(self.handle)


def input_of(text, **more):
    handle = made("input_new", text, len(text))
    for name, value in more.items():
        fine(lib.replicate_input_set(handle, name.encode(), value, len(value)))
    return handle
