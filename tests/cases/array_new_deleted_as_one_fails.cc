// expect: ^{{at:bad}}: error: csan\[bad-free\]: delete of a block of 12 B made by new\[\]$
// expect: ^    allocated: at main .*:{{line:made}}$
// expect: ^csan: FAIL: 1 finding \(1 bad-free\)
// flags: -Wno-mismatched-new-delete
// plain: no
int main()
{
    int *volatile p = new int[3]; /* made */
    delete p; /* bad */
    return 0;
}
