/* The JSON codec of the glue, both ways, in a Lua whose memory may run out: the input's first byte says where.
   FUZZ_TARGET=lua-decode: the rest is a text. It is taken if and only if the core takes it, and what comes of it is written as
   a text that reads the same. FUZZ_TARGET=lua-encode: the rest builds values, and what is written of one is JSON. */
#include "../../../lua/src/json_private.h"
#include "../C/fuzzing.h"
#include "replicate.h"

#include <lualib.h>

#if LUA_VERSION_NUM < 502
#define raw_length lua_objlen
#else
#define raw_length lua_rawlen
#endif

/* After so many allocations there is no memory; never where it is 0. */
static long left;

static void *allocate(void *state, void *block, size_t old, size_t new) {
    (void)state, (void)old;
    if (new == 0) {
        free(block);
        return NULL;
    }
    if (left > 0 && (block == NULL || new > old) && --left == 0) {
        left = 1; /* and so it stays */
        return NULL;
    }
    return realloc(block, new);
}

static int is_json(const char *text, size_t length) {
    return replicate_json_value(text, length, "", NULL) != NULL;
}

/* ---- decode ---- */

/* The value on top, written, read and written again: the same but for the order of members, which is Lua's. */
static void check_round_trip(lua_State *L) {
    size_t first;
    const char *one;
    if (!json_encode(L, -1, "value")) {
        /* 1e999 can be read, and not written. */
        DEMAND(strstr(lua_tostring(L, -1), "infinite") != NULL);
        lua_pop(L, 1);
        return;
    }
    one = lua_tolstring(L, -1, &first);
    DEMAND(is_json(one, first));
    DEMAND(json_decode(L, one, first) == 1);
    DEMAND(json_encode(L, -1, "value") == 1);
    DEMAND(raw_length(L, -1) == first);
    lua_pop(L, 3);
}

static int decode(lua_State *L) {
    const choices *input = lua_touserdata(L, 1);
    size_t length = (size_t)(input->end - input->at);
    int top, taken;
    luaL_checkstack(L, 8, "fuzzing");
    top = lua_gettop(L);
    taken = json_decode(L, (const char *)input->at, length);
    DEMAND(lua_gettop(L) == top + 1);
    DEMAND(taken == is_json((const char *)input->at, length));
    if (taken) {
        check_round_trip(L);
    } else {
        DEMAND(lua_type(L, -1) == LUA_TSTRING);
    }
    return 0;
}

/* ---- encode ---- */

static int nothing(lua_State *L) {
    (void)L;
    return 0;
}

static void push_marked(lua_State *L, uint8_t kind) {
    lua_newtable(L);
    switch (kind % 4) {
    case 0: json_push_array_metatable(L); break;
    case 1: json_push_object_metatable(L); break;
    case 2: luaL_newmetatable(L, JSON_INPUT_FILE); break;
    default: luaL_newmetatable(L, JSON_FILE_OUTPUT);
    }
    lua_setmetatable(L, -2);
}

static void push_number(lua_State *L, choices *input) {
    uint64_t bits = 0;
    double number;
    for (int i = 0; i < 8; i++) bits = bits << 8 | next_byte(input);
    memcpy(&number, &bits, sizeof number);
    lua_pushnumber(L, number);
}

/* One more value on the stack; there are at most 30. */
static void push_value(lua_State *L, choices *input) {
    uint8_t what = next_byte(input);
    int top = lua_gettop(L);
    switch (what % 16) {
    case 0: lua_pushnil(L); break;
    case 1: lua_pushboolean(L, what >> 4 & 1); break;
    case 2: lua_pushinteger(L, (int8_t)next_byte(input)); break;
    case 3: push_number(L, input); break;
    case 4: lua_pushlightuserdata(L, what & 16 ? (void *)L : NULL); break;
    case 5: lua_pushcfunction(L, nothing); break;
    case 6: lua_newuserdata(L, 1); break;
    case 7: push_marked(L, what >> 4); break;
    case 8: case 9: case 10: lua_newtable(L); break;
    case 11: lua_pushvalue(L, 2 + next_byte(input) % (top - 1)); break;
    case 12: lua_pushinteger(L, (lua_Integer)((uint64_t)next_byte(input) << 56 | next_byte(input))); break;
    default: {
        /* Borrowed: a raised error could not free a copy. */
        size_t count = next_byte(input), most = (size_t)(input->end - input->at);
        if (count > most) count = most;
        lua_pushlstring(L, (const char *)input->at, count);
        input->at += count;
    }
    }
}

/* The value on top goes into the table below it, or some other one that is on the stack. */
static void place_value(lua_State *L, choices *input) {
    int top = lua_gettop(L), table = next_byte(input) & 1 ? top - 1 : 2 + next_byte(input) % (top - 2);
    uint8_t how = next_byte(input);
    if (!lua_istable(L, table)) return;
    switch (how % 4) {
    case 0: case 1:
        compat_rawseti(L, table, (int)raw_length(L, table) + 1);
        return;
    case 2:
        lua_pushvalue(L, 2 + next_byte(input) % (top - 1));
        if (lua_isnil(L, -1) || (lua_type(L, -1) == LUA_TNUMBER && lua_tonumber(L, -1) != lua_tonumber(L, -1))) {
            lua_pop(L, 1);
            return;
        }
        lua_insert(L, -2);
        lua_rawset(L, table);
        return;
    default: {
        char name[3] = {(char)next_byte(input), 'a', 0};
        lua_pushlstring(L, name, 1 + (how >> 4 & 1));
        lua_insert(L, -2);
        lua_rawset(L, table);
    }
    }
}

static int encode(lua_State *L) {
    choices *input = lua_touserdata(L, 1);
    size_t length;
    int top;
    luaL_checkstack(L, 48, "fuzzing");
    lua_newtable(L);
    while (input->at < input->end) {
        if (lua_gettop(L) < 30) push_value(L, input);
        if (lua_gettop(L) > 2 && next_byte(input) & 3) place_value(L, input);
    }
    /* The first value holds most of the others. */
    top = lua_gettop(L);
    for (int i = 2; i <= 3 && i <= top; i++) {
        if (json_encode(L, i, "value")) {
            const char *text = lua_tolstring(L, -1, &length);
            DEMAND(is_json(text, length));
            DEMAND(json_decode(L, text, length) == 1);
            check_round_trip(L);
            lua_pop(L, 1);
        } else {
            DEMAND(lua_type(L, -1) == LUA_TSTRING && raw_length(L, -1) < JSON_MESSAGE_SIZE);
        }
        DEMAND(lua_gettop(L) == top + 1);
        lua_pop(L, 1);
        if (lua_istable(L, i)) {
            json_files files = {NULL, top + 1, 0};
            lua_pushnil(L);
            if (json_encode_with_files(L, i, "input", &files)) {
                const char *text = lua_tolstring(L, -1, &length);
                DEMAND(is_json(text, length));
                DEMAND(files.count == 0 || lua_istable(L, top + 1));
            }
            DEMAND(lua_gettop(L) == top + 2);
            lua_settop(L, top);
        }
    }
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    choices input = {data, data + size};
    const char *target = getenv("FUZZ_TARGET");
    uint8_t memory = next_byte(&input);
    lua_State *L;
    int status;
    left = 0;
    L = lua_newstate(allocate, NULL);
    DEMAND(L != NULL);
    lua_pushcfunction(L, target != NULL && strstr(target, "encode") != NULL ? encode : decode);
    lua_pushlightuserdata(L, &input);
    left = memory < 128 ? 0 : memory - 127;
    status = lua_pcall(L, 1, 0, 0);
    left = 0;
    DEMAND(status == 0 || (status == LUA_ERRMEM && memory >= 128));
    DEMAND(lua_gettop(L) == (status == 0 ? 0 : 1));
    lua_close(L);
    return 0;
}

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc, (void)argv;
    return 0;
}
