# What is installed, and where: the list is in packaging/install.sh.
DESTDIR    ?=
BINDIR     ?= $(PREFIX)/bin
LIBDIR     ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
MANDIR     ?= $(PREFIX)/share/man
LDCONFIG   ?= ldconfig

MAN := $(patsubst docs/man/%,$(O)/man/%,$(wildcard docs/man/*.[1-8]))

$(O)/packaging/man_options: packaging/man_options.c $(filter $(O)/runtime/%,$(TOOL_OBJ))
	@mkdir -p $(@D)
	@$(CC) $(BASE) $(CFLAGS) $(filter %.c %.o,$^) -o $@

$(O)/man/options_as_variables $(O)/man/options_as_arguments: $(O)/man/options_as_%: $(O)/packaging/man_options
	@mkdir -p $(@D)
	@$< $* >$@

# Its place in a page is a comment: `.\" OPTIONS as variables`.
$(O)/man/%: docs/man/% $(O)/man/options_as_variables $(O)/man/options_as_arguments
	@sed -e 's|@VERSION@|$(VERSION)|g' \
	    -e '/^\.\\" OPTIONS as variables$$/r $(O)/man/options_as_variables' \
	    -e '/^\.\\" OPTIONS as arguments$$/r $(O)/man/options_as_arguments' $< >$@

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
