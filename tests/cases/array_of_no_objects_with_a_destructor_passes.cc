struct Thing {
    char byte = 1;
    ~Thing()
    {
        byte = 0;
    }
};

Thing *global;
volatile int none = 0;

int main()
{
    global = new Thing[none];
    return 0;
}
