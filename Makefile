# make           a relocatable tree in build/          make demo     sees it run, with nothing set up before
# make test      every test                            make bench    speed, each row beside a baseline
# make test-long the rest: hours of faults, sanitizers, fuzzing, a soak; prints a table of what is promised and measured
# make fuzz      FUZZ_SECONDS=600 for each target      make soak     MINUTES=20
# make install   PREFIX=/usr/local DESTDIR=            make lint     formatting and static checks
# make LUA=5.1   for one Lua alone: 5.1, 5.2, 5.3, 5.4 or luajit, which takes what is made for 5.1. Else for all that are found.

LUA     ?=
PREFIX  ?= /usr/local
DESTDIR ?=
BUILD   := build

VERSION := $(shell sed -n 's/^\#define REPLICATE_VERSION "\(.*\)"/\1/p' include/replicate.h)
SWIFT_RELEASE := swift build -c release -Xswiftc -static-stdlib -Xcc -ffile-prefix-map=$(CURDIR)/= --scratch-path .build-release

CC       ?= cc
CFLAGS   ?= -O2
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wmissing-prototypes -Wstrict-prototypes -Wcast-qual -Wwrite-strings -Werror
GLUE     := $(wildcard lua/src/*.c)

# Of the one Lua that `one-lua` is for.
LUA_VERSION := $(LUA:luajit=5.1)
LUA_PACKAGE := $(if $(filter luajit,$(LUA)),luajit,lua$(LUA))
CORE        := $(BUILD)/lib/lua/$(LUA_VERSION)/replicate/core.so
SCRIPTS     := $(BUILD)/share/lua/$(LUA_VERSION)/replicate

NEEDED_TO_BUILD := libcurl4-openssl-dev libpng-dev liblua5.4-dev lua5.4 pkg-config gcc g++ libc6-dev binutils
NEEDED_TO_TEST  := liblua5.1-0-dev lua-busted lua-check lua-cjson lua-socket luajit libluajit-5.1-dev locales python3 python3-venv valgrind
# Programs with a Lua inside, in which the tests run the library; 5.2 is mpv's.
NEEDED_TO_TEST  += chromium love mpv neovim liblua5.2-dev xauth xvfb lua-luv lua-cqueues lua-copas nginx-light
NEEDED_TO_TEST  += strace tinyproxy-bin microsocks openssl iproute2
# Not installed, only unpacked: it brings a LuaJIT that would take the place of libluajit-5.1-dev.
NGINX_LUA := libnginx-mod-http-lua libnginx-mod-http-ndk lua-resty-core lua-resty-lrucache libluajit2-5.1-2 libpcre3

.PHONY: all packages test-packages swift-library sandbox lua one-lua demo test test-long fuzz soak bench lint install uninstall clean

all: swift-library lua sandbox

packages:
	@.ci/install-packages $(NEEDED_TO_BUILD)

test-packages:
	@.ci/install-packages $(NEEDED_TO_BUILD) $(NEEDED_TO_TEST)
	@.ci/unpack-packages .build/nginx-lua $(NGINX_LUA)

# ---- The tree in build/

swift-library:
	$(SWIFT_RELEASE) --product replicate
	@mkdir -p $(BUILD)/lib/pkgconfig $(BUILD)/include
	strip --strip-all -o $(BUILD)/lib/libreplicate.so.1.new .build-release/release/libreplicate.so
	@mv $(BUILD)/lib/libreplicate.so.1.new $(BUILD)/lib/libreplicate.so.1
	@ln -sf libreplicate.so.1 $(BUILD)/lib/libreplicate.so
	@cp include/replicate.h $(BUILD)/include/
	@printf '%s\n' 'prefix=$${pcfiledir}/../..' 'includedir=$${prefix}/include' 'libdir=$${prefix}/lib' '' \
	    'Name: replicate' 'Description: Run AI models on Replicate' 'URL: https://replicate.com' \
	    'Version: $(VERSION)' 'Cflags: -I$${includedir}' 'Libs: -L$${libdir} -lreplicate' \
	    > $(BUILD)/lib/pkgconfig/replicate.pc

sandbox:
	$(SWIFT_RELEASE) --product replicate-sandbox
	@mkdir -p $(BUILD)/bin
	strip --strip-all -o $(BUILD)/bin/replicate-sandbox.new .build-release/release/replicate-sandbox
	@mv $(BUILD)/bin/replicate-sandbox.new $(BUILD)/bin/replicate-sandbox

# Which Luas there are is asked here, for make test may just have installed one.
lua: swift-library
	@for each in $(or $(LUA),5.4 $$(lua/other-luas)); do $(MAKE) --no-print-directory one-lua LUA=$$each || exit 1; done

one-lua: $(CORE)
	@mkdir -p $(SCRIPTS)/loop
	@cp lua/replicate/*.lua $(SCRIPTS)/
	@cp lua/replicate/loop/*.lua $(SCRIPTS)/loop/

$(CORE): $(GLUE) $(wildcard lua/src/*.h) include/replicate.h
	@mkdir -p $(@D)
	$(CC) -std=c99 $(CFLAGS) $(WARNINGS) -fPIC -shared -fvisibility=hidden -Iinclude $(shell pkg-config --cflags $(LUA_PACKAGE)) \
	    $(GLUE) -o $@ -L$(BUILD)/lib -lreplicate -Wl,-rpath,'$$ORIGIN/../../..' -Wl,-z,now

install: all
	@mkdir -p $(DESTDIR)$(PREFIX)
	cp -a $(BUILD)/. $(DESTDIR)$(PREFIX)/

uninstall:
	rm -rf $(addprefix $(DESTDIR)$(PREFIX)/, lib/libreplicate.so lib/libreplicate.so.1 include/replicate.h \
	    lib/pkgconfig/replicate.pc bin/replicate-sandbox \
    $(foreach version,5.1 5.2 5.3 5.4,share/lua/$(version)/replicate lib/lua/$(version)/replicate))

# ---- Seeing it work

demo: packages all
	@Tests/with-sandbox examples/demo.sh

test: test-packages all
	@Tests/run

test-long: test-packages all
	@Tests/run-long

# SECONDS, which shells set by themselves, is taken from the command line alone.
FUZZ_SECONDS ?= $(if $(filter command,$(firstword $(origin SECONDS))),$(SECONDS),300)

fuzz: packages all
	@Tests/Fuzz/run $(FUZZ_SECONDS)

soak: packages all
	@Tests/Soak/run $(or $(MINUTES),20)

bench: test-packages all
	@Tests/bench/run

lint: test-packages
	@Tests/lint

clean:
	rm -rf .build .build-release .build-test-release $(BUILD)
