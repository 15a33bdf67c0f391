/* counted.h - how many handles of the library live: this program's functions stand before the library's own of the same name,
   so that what the Lua module makes and frees is counted. To be linked with -rdynamic, and with the library. */
#ifndef COUNTED_H
#define COUNTED_H

enum { COUNTED_ERROR, COUNTED_CONFIG, COUNTED_INPUT, COUNTED_FILE, COUNTED_CLIENT, COUNTED_REQUEST, COUNTED_EVENT, COUNTED_KINDS };

extern const char *const counted_names[COUNTED_KINDS];

/* Made and not freed, of this kind. */
long counted(int kind);

#endif
