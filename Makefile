# csan: make, make demo, make test. `make help` lists the rest.
.DEFAULT_GOAL := all
VERSION := 0.1.0
ABI     := 0
PREFIX  ?= /usr/local
CC      ?= cc
O       ?= obj

CFLAGS  ?= -O2 -g
WARN    := -Wall -Wextra -Werror -Wshadow -Wconversion -Wmissing-prototypes
BASE    := -std=gnu11 $(WARN) -fvisibility=hidden -D_GNU_SOURCE -Iruntime -Iinclude -I. \
           -DCSAN_VERSION='"$(VERSION)"' -MMD -MP
RUNTIME_FLAGS := $(BASE) -fPIC -fno-omit-frame-pointer -fno-stack-protector -fno-builtin-malloc \
           -fno-builtin-calloc -fno-builtin-realloc -fno-builtin-free -U_FORTIFY_SOURCE

include make/build.mk
include make/test.mk
include make/check.mk
include make/demo.mk
include make/medicine.mk
-include make/bench.mk
include make/install.mk
