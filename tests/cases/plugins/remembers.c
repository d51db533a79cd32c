/* Variables of a plugin's own that remember an address. */
char *last_seen[4];
static __thread char *volatile mine;

void remember_here(char *row)
{
    last_seen[3] = row;
}

void remember_in_thread(char *row)
{
    mine = row;
}
