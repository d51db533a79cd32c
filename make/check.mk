# Check: the glue for CK_FORK=no, and the suites that prove the integration.
CHECK_GLUE := $(O)/lib/libcsan_check.a

all: $(CHECK_GLUE)

$(CHECK_GLUE): $(O)/test_integration/nofork/check_nofork.o
	@mkdir -p $(@D)
	@rm -f $@
	@ar rcs $@ $^

check-suites: all $(UNIT_LIB) ## Check's verdicts under csan, line by line
	@O=$(O) tests/check/run.sh

.PHONY: check-suites
-include $(O)/test_integration/nofork/check_nofork.d
