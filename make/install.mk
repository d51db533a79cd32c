# What is installed: contract in docs/man/csan.7 (FILES); the list is packaging/install.sh's.
DESTDIR    ?=
BINDIR     ?= $(PREFIX)/bin
LIBDIR     ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
MANDIR     ?= $(PREFIX)/share/man
LDCONFIG   ?= ldconfig

MAN := $(patsubst docs/man/%,$(O)/man/%,$(wildcard docs/man/*.[1-8]))

$(O)/packaging/man_options: packaging/man_options.c $(filter $(O)/runtime/%,$(TOOL_OBJ))
	@mkdir -p $(@D)
	@$(CC) $(BASE) $(CFLAGS) $^ -o $@

# A line `.\" OPTIONS as WORD` of a page becomes the option table.
$(O)/man/%: docs/man/% $(O)/packaging/man_options
	@mkdir -p $(@D)
	@$(O)/packaging/man_options variables >$(O)/man/variables.roff
	@$(O)/packaging/man_options arguments >$(O)/man/arguments.roff
	@sed -e 's|@VERSION@|$(VERSION)|g' -e '/^\.\\" OPTIONS as variables$$/r $(O)/man/variables.roff' \
	    -e '/^\.\\" OPTIONS as arguments$$/r $(O)/man/arguments.roff' $< >$@

man: $(MAN) ## the manual pages

PLACES = O='$(O)' VERSION='$(VERSION)' ABI='$(ABI)' PREFIX='$(PREFIX)' BINDIR='$(BINDIR)' \
         LIBDIR='$(LIBDIR)' INCLUDEDIR='$(INCLUDEDIR)' MANDIR='$(MANDIR)' DESTDIR='$(DESTDIR)' \
         LDCONFIG='$(LDCONFIG)'

install: all man ## PREFIX=/usr/local DESTDIR= LIBDIR=PREFIX/lib …
	@$(PLACES) packaging/install.sh install

uninstall: ## what make install has put there
	@$(PLACES) packaging/install.sh uninstall

.PHONY: man install uninstall
-include $(O)/packaging/man_options.d
