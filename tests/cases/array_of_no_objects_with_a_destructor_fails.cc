// leak: leak 8 B in 1 block
// leak: one 9 B in 1 block
struct Thing {
    char byte = 1;
    ~Thing()
    {
        byte = 0;
    }
};

Thing *volatile global;
volatile int none = 0, many = 1;

int main()
{
    global = new Thing[none]; /* leak */
    global = new Thing[many]; /* one */
    global = global + 1;      /* behind the last: holds nothing */
    return 0;
}
