# What `make demo` builds and shows: the example service, its suite, and csan's reports on both.
DEMO_DIR  := examples/report_service
DEMO_SRC  := $(filter-out %/main.c %/test_service.c,$(wildcard $(DEMO_DIR)/*.c))
DEMO_OBJ  := $(DEMO_SRC:%.c=$(O)/%.o)
DEMO_BIN  := $(O)/examples/service $(O)/examples/test_service
DEMO_BASE := -std=gnu11 -D_GNU_SOURCE -Iinclude -pthread $(WARN) -MMD -MP

$(O)/examples/%.o: examples/%.c
	@mkdir -p $(@D)
	@echo '  CC      $@'
	@$(CC) $(DEMO_BASE) $(CFLAGS) -c $< -o $@

# The program as it is shipped: of csan there are weak calls in it, which do nothing alone.
$(O)/examples/service: $(O)/$(DEMO_DIR)/main.o $(DEMO_OBJ)
	@echo '  LINK    $@'
	@$(CC) -pthread -o $@ $^

# The suite, unmodified: -lcsan is the only difference.
$(O)/examples/test_service: $(O)/$(DEMO_DIR)/test_service.o $(DEMO_OBJ) | $(O)/lib/libcsan.so $(O)/lib/csan_start.o
	@echo '  LINK    $@'
	@$(CC) -pthread -o $@ $^ $(CHECK_LIBS) -L$(O)/lib -lcsan -Wl,-rpath,$(abspath $(O)/lib)

demo-built: $(DEMO_BIN)

demo: ## the main job: four planted defects, four readable reports
demo-all: ## all twelve of them
demo demo-all:
	@make/deps.sh demo
	@$(MAKE) --no-print-directory -s all demo-built
	@examples/demo.sh $(O) $(@:demo-%=%)

.PHONY: demo demo-all demo-built
-include $(DEMO_OBJ:.o=.d) $(O)/$(DEMO_DIR)/main.d $(O)/$(DEMO_DIR)/test_service.d
