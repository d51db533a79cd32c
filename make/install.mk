# What is installed, and where: the list is in packaging/install.sh.
DESTDIR    ?=
BINDIR     ?= $(PREFIX)/bin
LIBDIR     ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
DATADIR    ?= $(PREFIX)/share
MANDIR     ?= $(DATADIR)/man
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

# What shells complete behind `csan`: made from its own help, so that it is never older.
SHELLS := bash zsh fish

$(SHELLS:%=$(O)/completions/csan.%): $(O)/completions/csan.%: packaging/completions.sh $(CSAN)
	@mkdir -p $(@D)
	@packaging/completions.sh $* $(CSAN) >$@

completions: $(SHELLS:%=$(O)/completions/csan.%) ## for bash, zsh and fish

PLACES = O='$(O)' VERSION='$(VERSION)' ABI='$(ABI)' PREFIX='$(PREFIX)' BINDIR='$(BINDIR)' \
         LIBDIR='$(LIBDIR)' INCLUDEDIR='$(INCLUDEDIR)' DATADIR='$(DATADIR)' MANDIR='$(MANDIR)' DESTDIR='$(DESTDIR)' \
         LDCONFIG='$(LDCONFIG)'

install: all man completions ## PREFIX=/usr/local DESTDIR= LIBDIR=PREFIX/lib …
	@$(PLACES) packaging/install.sh install

uninstall: ## what make install has put there
	@$(PLACES) packaging/install.sh uninstall

.PHONY: man completions install uninstall
-include $(O)/packaging/man_options.d
