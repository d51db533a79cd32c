# A C++ program that runs a script of its own language, and starts children.
needs="cmake"

prepare() {
    cat >work.cmake <<'END'
set(sum 0)
foreach(i RANGE 1 3000)
  math(EXPR sum "${sum} + ${i} * 7 % 13")
  list(APPEND all "item${i}")
endforeach()
list(FILTER all INCLUDE REGEX "9$")
list(LENGTH all n)
string(SHA256 h "${all}")
string(REGEX REPLACE "([a-z]+)([0-9])" "\\2\\1" t "one1two2")
message("${sum} ${n} ${h} ${t}")
execute_process(COMMAND echo from a child OUTPUT_VARIABLE o)
file(WRITE out.txt "${o}")
file(READ out.txt back)
string(JSON v GET "{\"a\": [1, 2, {\"b\": \"c\"}]}" a 2 b)
message("${back}${v}")
message(FATAL_ERROR "at the end")
END
}

work() {
    $RUN cmake -P work.cmake
    echo "status $?"
    $RUN cmake -E echo words
    $RUN cmake -E no_such_thing
    echo "status $?"
}
