/* The test programs that uthash comes with do the same, and nothing is found, with csan's header
 * ahead of its own: uthash_examples.sh. */
// then: tests/cases/uthash_examples.sh "$LIB" "$DIR"
// mode: link
// only: gcc-O2 once is enough
// plain: no

int main(void)
{
    return 0;
}
