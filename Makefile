# make           a relocatable tree in build/          make demo     sees it run, with nothing set up before
# make test      every test                            make bench    speed, each row beside a baseline
# make install   PREFIX=/usr/local DESTDIR=            make lint     formatting and static checks

LUA     ?= 5.4
PREFIX  ?= /usr/local
DESTDIR ?=
BUILD   := build

VERSION := $(shell sed -n 's/^\#define REPLICATE_VERSION "\(.*\)"/\1/p' include/replicate.h)
SWIFT_RELEASE := swift build -c release -Xswiftc -static-stdlib -Xcc -ffile-prefix-map=$(CURDIR)/= --scratch-path .build-release

CC       ?= cc
CFLAGS   ?= -O2
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wmissing-prototypes -Wstrict-prototypes -Wcast-qual -Wwrite-strings -Werror
GLUE     := $(wildcard lua/src/*.c)
CORE     := $(BUILD)/lib/lua/$(LUA)/replicate/core.so
SCRIPTS  := $(BUILD)/share/lua/$(LUA)/replicate

NEEDED_TO_BUILD := libcurl4-openssl-dev liblua5.4-dev lua5.4 pkg-config gcc g++ libc6-dev binutils
NEEDED_TO_TEST  := lua-busted lua-check lua-cjson lua-socket locales python3 python3-venv valgrind

.PHONY: all packages test-packages swift-library sandbox lua demo test bench lint install uninstall clean

all: swift-library lua sandbox

packages:
	@.ci/install-packages $(NEEDED_TO_BUILD)

test-packages:
	@.ci/install-packages $(NEEDED_TO_BUILD) $(NEEDED_TO_TEST)

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

lua: $(CORE)
	@mkdir -p $(SCRIPTS)
	@cp lua/replicate/*.lua $(SCRIPTS)/

$(CORE): $(GLUE) $(wildcard lua/src/*.h) include/replicate.h | swift-library
	@mkdir -p $(@D)
	$(CC) -std=c99 $(CFLAGS) $(WARNINGS) -fPIC -shared -fvisibility=hidden -Iinclude $(shell pkg-config --cflags lua$(LUA)) \
	    $(GLUE) -o $@ -L$(BUILD)/lib -lreplicate -Wl,-rpath,'$$ORIGIN/../../..' -Wl,-z,now

install: all
	@mkdir -p $(DESTDIR)$(PREFIX)
	cp -a $(BUILD)/. $(DESTDIR)$(PREFIX)/

uninstall:
	rm -rf $(addprefix $(DESTDIR)$(PREFIX)/, lib/libreplicate.so lib/libreplicate.so.1 include/replicate.h \
	    lib/pkgconfig/replicate.pc share/lua/$(LUA)/replicate lib/lua/$(LUA)/replicate bin/replicate-sandbox)

# ---- Seeing it work

demo: packages all
	@Tests/with-sandbox examples/demo.sh

test: test-packages all
	@Tests/run

bench: test-packages all
	@Tests/bench/run

lint: test-packages
	@Tests/lint

clean:
	rm -rf .build .build-release .build-test-release $(BUILD)
