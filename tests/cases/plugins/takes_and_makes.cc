// A plugin on libstdc++.so: deletes what it is given, gives what it made.
extern "C" int *make_array()
{
    return new int[4];
}

extern "C" void take(int *p)
{
    delete p;
}
