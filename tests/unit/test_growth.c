/* detect/trend: which series of levels grow. Each is drawn, judged at every length from some round
 * on, and must be told from its twin: what is bounded passes once it has reached its bound. */
#include "detect/trend.h"
#include "tests/unit/suite.h"

#define LEVELS TREND_MAX

static uint64_t level[LEVELS];
static uint32_t random_state;

static uint32_t chance(uint32_t below)
{
    random_state = random_state * 1103515245u + 12345u;
    return (random_state >> 16) % below;
}

typedef uint64_t shape(uint32_t round); /* from 1 on */

static void draw(shape *of)
{
    random_state = 1;
    for (uint32_t i = 0; i < LEVELS; i++)
        level[i] = of(i + 1);
}

static void expect(shape *of, uint32_t from, uint32_t to, bool rises)
{
    draw(of);
    for (uint32_t n = from; n <= to; n++)
        ck_assert_msg(csan__trend_rises(level, n) == rises, "%u rounds: %s", n,
                      rises ? "does not rise" : "rises");
}

/* ------------------------------------------------------------------ growth */

static uint64_t linear(uint32_t round)
{
    return 16 * (uint64_t)round;
}

static uint64_t above_much_else(uint32_t round)
{
    return ((uint64_t)1 << 40) + round;
}

static uint64_t after_a_first_jump(uint32_t round)
{
    return 100000 + 16 * (uint64_t)round;
}

static uint64_t every_third(uint32_t round)
{
    return 16 * (uint64_t)(round / 3);
}

static uint64_t quadratic(uint32_t round)
{
    return (uint64_t)round * round;
}

static uint64_t with_a_saw_tooth_on_top(uint32_t round)
{
    return 16 * (uint64_t)round + 20 * (round % 3);
}

static uint64_t with_noise_on_top(uint32_t round)
{
    return 16 * (uint64_t)round + chance(60);
}

static uint64_t by_chance(uint32_t round)
{
    static uint64_t sum;
    sum = round == 1 ? 0 : sum + 10 + chance(12);
    return sum;
}

START_TEST(what_grows_by_the_same_is_found_from_the_third_round_on)
{
    expect(linear, 3, LEVELS, true);
    expect(above_much_else, 3, LEVELS, true);
    expect(after_a_first_jump, 3, LEVELS, true);
    expect(linear, 0, 2, false);
}
END_TEST

START_TEST(what_grows_unevenly_is_found_with_more_rounds)
{
    expect(quadratic, TREND_LONG, LEVELS, true);
    expect(by_chance, 30, LEVELS, true);
    draw(every_third);
    ck_assert(csan__trend_rises(level, 31));
    ck_assert(csan__trend_rises(level, 60));
    draw(with_a_saw_tooth_on_top);
    ck_assert(csan__trend_rises(level, 30));
    draw(with_noise_on_top);
    ck_assert(csan__trend_rises(level, 60));
}
END_TEST

/* ------------------------------------------------------------------ what comes to rest */

static uint64_t constant(uint32_t round)
{
    (void)round;
    return 4096;
}

static uint64_t zero(uint32_t round)
{
    (void)round;
    return 0;
}

static uint64_t shrinking(uint32_t round)
{
    return 4096 - round;
}

static uint64_t step_in_the_middle(uint32_t round)
{
    return round > 8 ? 200 : 100;
}

static uint64_t doubling(uint32_t round)
{
    uint64_t capacity = 8;
    while (capacity < 8 * (uint64_t)round)
        capacity *= 2;
    return capacity;
}

static uint64_t half_as_much_again(uint32_t round)
{
    uint64_t capacity = 8;
    while (capacity < 8 * (uint64_t)round)
        capacity += capacity / 2;
    return capacity;
}

static uint64_t logarithmic(uint32_t round)
{
    uint64_t sum = 0;
    for (uint32_t i = 1; i <= round; i++)
        sum += 100000 / i;
    return sum;
}

static uint64_t root(uint32_t round)
{
    uint64_t r = 0;
    while (r * r < (uint64_t)round * 1000000)
        r++;
    return r;
}

/* 20 words a round of a vocabulary of 200, drawn by chance. */
static uint64_t vocabulary(uint32_t round)
{
    static bool seen[200];
    static uint64_t sum;
    for (uint32_t i = 0; round == 1 && i < 200; i++)
        seen[i] = false;
    sum = round == 1 ? 0 : sum;
    for (uint32_t i = 0; i < 20; i++) {
        uint32_t word = chance(200);
        sum += !seen[word];
        seen[word] = true;
    }
    return sum;
}

static uint64_t saw_tooth(uint32_t round)
{
    return 100 + 16 * (round % 7);
}

static uint64_t noise(uint32_t round)
{
    (void)round;
    return 1000 + chance(500);
}

static uint64_t noise_that_settles(uint32_t round)
{
    return 1000 + (round < 10 ? 30 * round : 300) + chance(40);
}

START_TEST(what_stands_still_passes)
{
    expect(constant, 0, LEVELS, false);
    expect(zero, 0, LEVELS, false);
    expect(shrinking, 0, LEVELS, false);
    expect(step_in_the_middle, 3, LEVELS, false);
}
END_TEST

START_TEST(what_doubles_passes)
{
    expect(doubling, 3, LEVELS, false);
    expect(half_as_much_again, 4, LEVELS, false);
}
END_TEST

START_TEST(what_fades_passes)
{
    expect(logarithmic, 3, LEVELS, false);
    expect(root, TREND_LONG, LEVELS, false);
    for (uint32_t seed = 1; seed <= 200; seed++) {
        draw(vocabulary);
        random_state = seed * 7919;
        for (uint32_t i = 0; i < LEVELS; i++)
            level[i] = vocabulary(i + 1);
        for (uint32_t n = 20; n <= LEVELS; n++)
            ck_assert_msg(!csan__trend_rises(level, n), "seed %u, %u rounds", seed, n);
    }
}
END_TEST

START_TEST(what_goes_up_and_down_passes)
{
    expect(saw_tooth, 8, LEVELS, false);
    for (uint32_t seed = 1; seed <= 2000; seed++) {
        random_state = seed * 7919;
        for (uint32_t i = 0; i < LEVELS; i++)
            level[i] = noise(i + 1);
        for (uint32_t n = 6; n <= LEVELS; n++)
            ck_assert_msg(!csan__trend_rises(level, n), "seed %u, %u rounds", seed, n);
        random_state = seed * 7919;
        for (uint32_t i = 0; i < LEVELS; i++)
            level[i] = noise_that_settles(i + 1);
        for (uint32_t n = 20; n <= LEVELS; n++)
            ck_assert_msg(!csan__trend_rises(level, n), "seed %u, %u rounds, settled", seed, n);
    }
}
END_TEST

/* Filled by one a round up to a bound, at whichever round: passes from the next round on. */
START_TEST(a_plateau_is_seen_at_once)
{
    for (uint32_t bound = 1; bound < LEVELS; bound++) {
        for (uint32_t i = 0; i < LEVELS; i++)
            level[i] = 16 * (uint64_t)(i < bound ? i : bound - 1);
        for (uint32_t n = bound + 1; n <= LEVELS; n++)
            ck_assert_msg(!csan__trend_rises(level, n), "bound %u, %u rounds", bound, n);
        if (bound >= 3)
            ck_assert(csan__trend_rises(level, bound));
    }
}
END_TEST

START_TEST(more_levels_than_there_is_room_for_are_not_judged)
{
    draw(linear);
    ck_assert(!csan__trend_rises(level, TREND_MAX + 1));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("growth");
    TCase *tc = tcase_create("trend");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, what_grows_by_the_same_is_found_from_the_third_round_on);
    tcase_add_test(tc, what_grows_unevenly_is_found_with_more_rounds);
    tcase_add_test(tc, what_stands_still_passes);
    tcase_add_test(tc, what_doubles_passes);
    tcase_add_test(tc, what_fades_passes);
    tcase_add_test(tc, what_goes_up_and_down_passes);
    tcase_add_test(tc, a_plateau_is_seen_at_once);
    tcase_add_test(tc, more_levels_than_there_is_room_for_are_not_judged);
    suite_add_tcase(s, tc);
    return suite_run(s);
}
