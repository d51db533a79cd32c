struct Thing {
    char byte = 1;
    ~Thing()
    {
        byte = 0;
    }
};

struct alignas(16) Wide {
    char bytes[16] = {};
    ~Wide()
    {
        bytes[0] = 0;
    }
};

Thing *global;
Wide *wide;
volatile int none = 0;

int main()
{
    global = new Thing[none];
    wide = new Wide[none];
    return 0;
}
