# A large C++ program: 2,000 lines formatted in three styles.
needs="clang-format awk"

prepare() {
    awk 'BEGIN {
        print "#include <vector>\nnamespace a{namespace b{"
        for (i = 0; i < 300; i++)
            printf "template<class T>struct S%d:public Base<T>{int x=%d;void f(int a,int b){if(a<b){for(auto&i:v){i+=a*b;}}else{return;}} std::vector<T>v;};\n/* comment %d */static int g%d(  int  q ){return q?%d:\n -1;}\n", i, i, i, i, i
        print "}}"
    }' >messy.cc
}

work() {
    for style in LLVM Google Mozilla; do
        $RUN clang-format --style="$style" messy.cc | sha256sum
    done
    $RUN clang-format --style=Nonsense messy.cc
    echo "status $?"
}
