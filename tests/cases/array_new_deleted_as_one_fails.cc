// skip: the check for bad frees is not built yet
// expect: ^{{at:bad}}: error: csan\[bad-free\]:
// flags: -Wno-mismatched-new-delete
// plain: no
int main()
{
    int *volatile p = new int[3];
    delete p; /* bad */
    return 0;
}
