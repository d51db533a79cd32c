# What is built: the runtime (shared and static) and the csan command.
LAYERS   := base record report detect session hook
RT_SRC   := $(wildcard $(LAYERS:%=runtime/%/*.c)) $(wildcard test_integration/*.c)
RT_SRC   := $(filter-out %_static.c,$(RT_SRC))
RT_OBJ   := $(RT_SRC:%.c=$(O)/%.o) $(O)/runtime/base/os_x86_64.o
TOOL_SRC := $(wildcard tools/*.c)
# Of the runtime, what the command links too.
TOOL_BASE := $(addprefix base/,arena lock nearest option_item option_row options options_help os_linux \
               os_x86_64 text) record/finding $(addprefix report/,advice frames glob origin page place rule suppress text)
TOOL_OBJ := $(TOOL_SRC:%.c=$(O)/%.o) $(TOOL_BASE:%=$(O)/runtime/%.o)
TOOL_LIBS = $(shell pkg-config --libs libdw libelf libcjson zlib 2>/dev/null || echo -ldw -lelf -lcjson -lz) -lstdc++ -lm

SO       := $(O)/lib/libcsan.so.$(ABI)
UNIT_LIB := $(O)/lib/libcsan_unit.a
CSAN     := $(O)/bin/csan

all: $(O)/.deps-seen $(SO) $(CSAN) $(O)/lib/csan_start.o $(O)/lib/libcsan.so $(O)/lib/libcsan.a ## the library and the command

# What is missing is said in one line before the compiler says it in a hundred.
$(O)/.deps-seen: make/deps.sh
	@mkdir -p $(@D)
	@make/deps.sh --check build
	@touch $@

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile make/*.mk | sort | expand -t 16

clean: ## removes what was built
	rm -rf $(O)

$(O)/runtime/%.o: runtime/%.c
	@mkdir -p $(@D)
	@echo '  CC      $@'
	@$(CC) $(RUNTIME_FLAGS) $(CFLAGS) -c $< -o $@

$(O)/runtime/%.o: runtime/%.S
	@mkdir -p $(@D)
	@$(CC) -c $< -o $@

$(O)/test_integration/%.o: test_integration/%.c
	@mkdir -p $(@D)
	@echo '  CC      $@'
	@$(CC) $(RUNTIME_FLAGS) $(CFLAGS) -c $< -o $@

$(O)/tools/%.o: tools/%.c
	@mkdir -p $(@D)
	@echo '  CC      $@'
	@$(CC) $(BASE) $(CFLAGS) -c $< -o $@

# Exported: what is interposed, and csan_*: they alone are not hidden. The versions are those of the
# C++ operators (hook/new_dynamic.c).
$(O)/exports.map: make/build.mk
	@mkdir -p $(@D)
	@echo 'GLIBCXX_3.4 { }; CXXABI_1.3.9 { }; CXXABI_1.3.11 { };' > $@

$(SO): $(RT_OBJ) $(O)/exports.map
	@mkdir -p $(@D)
	@echo '  LINK    $@'
	@$(CC) -shared -o $@ $(RT_OBJ) -Wl,-soname,libcsan.so.$(ABI) -Wl,--version-script=$(O)/exports.map \
	    -Wl,-z,initfirst -Wl,-z,now -Wl,-z,relro -Wl,-z,nodelete

# Everything but the interposed symbols, for unit tests: no test is watched by accident.
$(UNIT_LIB): $(filter-out $(O)/runtime/hook/%,$(RT_OBJ))
	@mkdir -p $(@D)
	@rm -f $@
	@ar rcs $@ $^

# libcsan.a: for -static. libc.a's malloc cannot be defined twice; the linker script gives its names
# to csan's hooks, and libc.a's own aliases (__libc_malloc) stay behind them.
# Locks and blocking calls are not watched there: libc.a's own are not to be had by a second name.
ST_NOT := module mapping land stream signal mutex rwlock spin cond c11 wait transfer syscall context post
ST_SRC := $(filter-out %_dynamic.c $(ST_NOT:%=runtime/hook/%.c) runtime/session/fatal.c, \
            $(wildcard $(LAYERS:%=runtime/%/*.c)) $(wildcard test_integration/*.c))
ST_OBJ := $(ST_SRC:%.c=$(O)/static/%.o) $(O)/runtime/base/os_x86_64.o
# Those of the other hooks for which libc.a has a second name (hook/real_static.c).
ST_HOOKS := pthread_create pthread_join pthread_detach pthread_exit _exit execve waitpid
HEAP   := $(shell sed -n '/heap.c/,/thread.c/s/^[A-Z][A-Z]*.[^,]*, \([a-z_A-Z0-9]*\),.*/\1/p' runtime/hook/hooks.inc)

$(O)/static/%.o: %.c
	@mkdir -p $(@D)
	@echo '  CC      $@'
	@$(CC) $(RUNTIME_FLAGS) -DCSAN_STATIC $(CFLAGS) -c $< -o $@

# In a static program csan's code lies among the program's: a section of its own tells them apart.
$(O)/lib/libcsan_static.a: $(ST_OBJ)
	@mkdir -p $(@D)
	@rm -f $@
	@for o in $^; do objcopy --rename-section .text=csan_text --rename-section .text.unlikely=csan_text \
	    --rename-section .text.hot=csan_text --rename-section .text.startup=csan_text $$o $$o.moved; done
	@ar rcs $@ $(ST_OBJ:=.moved)

$(O)/lib/libcsan.a: $(O)/lib/libcsan_static.a
	@{ echo 'EXTERN($(ST_HOOKS:%=csan_hook_%) csan_hook_malloc csan_runtime_present)'; \
	   echo 'INPUT(libcsan_static.a)'; \
	   for f in $(HEAP) $(ST_HOOKS); do echo "$$f = csan_hook_$$f;"; done; } > $@

$(O)/lib/csan_start.o: runtime/csan_start.c
	@mkdir -p $(@D)
	@$(CC) -O2 -c $< -o $@

# The linker script that keeps -lcsan from being dropped under --as-needed.
$(O)/lib/libcsan.so: $(SO)
	@echo 'INPUT(csan_start.o libcsan.so.$(ABI))' > $@

$(O)/tools/format_html_assets.o: tools/page.html tools/page.css tools/page.js

$(CSAN): $(TOOL_OBJ)
	@mkdir -p $(@D)
	@echo '  LINK    $@'
	@$(CC) -o $@ $(TOOL_OBJ) $(TOOL_LIBS)

-include $(RT_OBJ:.o=.d) $(ST_OBJ:.o=.d) $(TOOL_OBJ:.o=.d)

.PHONY: help clean
