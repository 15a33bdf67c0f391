/*
 * json_number.c - exact conversion between doubles and decimal text, without Lua and without the locale.
 *
 * strtod and printf follow the decimal point of the locale the host chose, and are slow. So both directions have a
 * quick way in 128-bit integer arithmetic for the magnitudes that occur (about 1e-11 to 1e15), and for all others
 * call the C library with texts that have no decimal point in them: 1.25 is read as "125e-2".
 *
 * Doubles are taken to be IEEE 754 binary64, as they are on every machine Lua and Swift run on.
 */
#include "json_private.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* More significant digits than these can matter only by being not all zero. */
#define MAX_SIGNIFICANT 800

/* 5^27 is the largest power of five below 2^63. */
#define MAX_POWER 27

static const uint64_t power_of_5[MAX_POWER + 1] = {
    UINT64_C(1), UINT64_C(5), UINT64_C(25), UINT64_C(125), UINT64_C(625), UINT64_C(3125), UINT64_C(15625),
    UINT64_C(78125), UINT64_C(390625), UINT64_C(1953125), UINT64_C(9765625), UINT64_C(48828125),
    UINT64_C(244140625), UINT64_C(1220703125), UINT64_C(6103515625), UINT64_C(30517578125),
    UINT64_C(152587890625), UINT64_C(762939453125), UINT64_C(3814697265625), UINT64_C(19073486328125),
    UINT64_C(95367431640625), UINT64_C(476837158203125), UINT64_C(2384185791015625),
    UINT64_C(11920928955078125), UINT64_C(59604644775390625), UINT64_C(298023223876953125),
    UINT64_C(1490116119384765625), UINT64_C(7450580596923828125)
};

/* ---- integers ---- */

static const char digit_pairs[] =
    "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748495051525354"
    "555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";

/* Writes the decimal digits of `value` so that they end just before `end`; returns where they begin. */
static char *write_digits_before(uint64_t value, char *end)
{
    while (value >= 100) {
        end -= 2;
        memcpy(end, digit_pairs + 2 * (value % 100), 2);
        value /= 100;
    }
    if (value >= 10) {
        end -= 2;
        memcpy(end, digit_pairs + 2 * value, 2);
    } else {
        *--end = (char)('0' + (int)value);
    }
    return end;
}

size_t json_write_integer(int64_t value, char *out)
{
    char digits[24];
    char *end = digits + sizeof digits;
    /* Negated as unsigned, because -INT64_MIN does not exist. */
    char *begin = write_digits_before(value < 0 ? UINT64_C(0) - (uint64_t)value : (uint64_t)value, end);
    if (value < 0) {
        *--begin = '-';
    }
    memcpy(out, begin, (size_t)(end - begin));
    return (size_t)(end - begin);
}

/* ---- doubles to text ---- */

/* A positive double as `precision` significant digits d.ddd * 10^exponent, held as the integer dddd. */
typedef struct decimal {
    uint64_t digits;
    int precision;
    int exponent;
} decimal;

/* The full product of two 64-bit numbers. */
static void multiply(uint64_t a, uint64_t b, uint64_t *high, uint64_t *low)
{
    uint64_t a_low = a & 0xFFFFFFFFu, a_high = a >> 32;
    uint64_t b_low = b & 0xFFFFFFFFu, b_high = b >> 32;
    uint64_t bottom = a_low * b_low;
    uint64_t middle = a_high * b_low + (bottom >> 32);
    uint64_t other = a_low * b_high + (middle & 0xFFFFFFFFu);
    *high = a_high * b_high + (middle >> 32) + (other >> 32);
    *low = (other << 32) | (bottom & 0xFFFFFFFFu);
}

/*
 * Finds the digits of `value` with integers alone; returns 0 for the magnitudes it does not cover.
 *
 * With value = m * 2^e and 10^exponent <= value < 10^(exponent + 1), the 17 digits are the whole part of
 * value * 10^k, k = 16 - exponent, which is m * 5^k / 2^s with s = -(e + k). The product is at most 53 + 63 bits,
 * so digits and remainder are exact, and so is the question whether fewer digits would read back equal: they do if
 * they are off by less than half the distance to the next double, which on this scale is 5^k / 2.
 */
static int quick_digits(double value, decimal *result)
{
    static const uint64_t units[] = { 1000, 100, 10, 1 };
    uint64_t bits, m, whole, rest;
    int e, exponent, k, s, i;

    memcpy(&bits, &value, sizeof bits);
    m = (bits & ((UINT64_C(1) << 52) - 1)) | (UINT64_C(1) << 52);
    e = (int)((bits >> 52) & 0x7FF) - 1075;
    if (e < -90 || e > 0) {
        return 0;
    }
    /* floor(log10) of the power of two, at most one too small; 78913 / 2^18 is log10(2). The shift is of a
       positive number, because shifting a negative one is up to the compiler. */
    exponent = (((e + 52) * 78913 + (64 << 18)) >> 18) - 64;
    for (;;) {
        uint64_t high, low;
        k = 16 - exponent;
        s = -(e + k);
        if (k < 0 || k > MAX_POWER || s < 1 || s > 63) {
            return 0;
        }
        multiply(m, power_of_5[k], &high, &low);
        if ((high >> s) != 0) {
            return 0;
        }
        whole = (high << (64 - s)) | (low >> s);
        rest = low & ((UINT64_C(1) << s) - 1);
        if (whole < UINT64_C(100000000000000000)) {
            break;
        }
        exponent++;
    }

    for (i = 0; i < 4; i++) {
        uint64_t unit = units[i];
        uint64_t digits = whole / unit;
        uint64_t over = whole % unit;
        uint64_t distance;
        int up;
        if (unit == 1) {
            uint64_t half = UINT64_C(1) << (s - 1);
            up = rest > half || (rest == half && (digits & 1));
        } else {
            up = over > unit / 2 || (over == unit / 2 && (rest > 0 || (digits & 1)));
            /* The distance from the value, times 2^s; first see that it fits and can be small enough at all. */
            distance = up ? unit - over : over;
            if (distance > (UINT64_C(1) << 62) >> s) {
                continue;
            }
            distance = up ? (distance << s) - rest : (distance << s) + rest;
            /* Below a power of two the next double is only half as far away. 5^k is odd: there are no ties. */
            if (distance > (power_of_5[k] - 1) / (m == UINT64_C(1) << 52 && !up ? 4 : 2)) {
                continue;
            }
        }
        digits += (uint64_t)up;
        result->precision = 14 + i;
        result->exponent = exponent;
        if (digits == UINT64_C(100000000000000000) / unit) {
            digits /= 10;
            result->exponent++;
        }
        result->digits = digits;
        return 1;
    }
    return 0;
}

/* Finds the digits of any positive finite double with the C library. */
static void slow_digits(double value, decimal *result)
{
    char text[64], compact[48];
    int precision;
    for (precision = 14; precision <= 17; precision++) {
        const char *at;
        uint64_t digits = 0;
        int exponent;
        snprintf(text, sizeof text, "%.*e", precision - 1, value);
        /* Whatever the locale puts between the digits is skipped. */
        for (at = text; *at != 'e'; at++) {
            if (*at >= '0' && *at <= '9') {
                digits = digits * 10 + (uint64_t)(*at - '0');
            }
        }
        exponent = atoi(at + 1);
        result->digits = digits;
        result->precision = precision;
        result->exponent = exponent;
        snprintf(compact, sizeof compact, "%llue%d", (unsigned long long)digits, exponent - precision + 1);
        if (strtod(compact, NULL) == value) {
            return;
        }
    }
}

/* Writes as printf's %g does, plus ".0" where neither a point nor an exponent would tell it from an integer. */
static size_t write_decimal(const decimal *number, char *out)
{
    char digits[24];
    char *end = digits + sizeof digits;
    char *begin = write_digits_before(number->digits, end);
    char *start = out;
    int exponent = number->exponent;
    int count;

    while (end - begin > 1 && end[-1] == '0') {
        end--;
    }
    count = (int)(end - begin);

    if (exponent < -4 || exponent >= number->precision) {
        int magnitude = exponent < 0 ? -exponent : exponent;
        *out++ = *begin++;
        if (count > 1) {
            *out++ = '.';
            memcpy(out, begin, (size_t)count - 1);
            out += count - 1;
        }
        *out++ = 'e';
        *out++ = exponent < 0 ? '-' : '+';
        if (magnitude < 10) {
            *out++ = '0';
        }
        out += json_write_integer(magnitude, out);
    } else if (exponent < 0) {
        memcpy(out, "0.0000", 6);
        out += 1 - exponent;
        memcpy(out, begin, (size_t)count);
        out += count;
    } else if (count <= exponent + 1) {
        memcpy(out, begin, (size_t)count);
        memset(out + count, '0', (size_t)(exponent + 1 - count));
        out += exponent + 1;
        memcpy(out, ".0", 2);
        out += 2;
    } else {
        memcpy(out, begin, (size_t)exponent + 1);
        out += exponent + 1;
        *out++ = '.';
        memcpy(out, begin + exponent + 1, (size_t)(count - exponent - 1));
        out += count - exponent - 1;
    }
    return (size_t)(out - start);
}

size_t json_write_double(double value, char *out)
{
    char *start = out;
    decimal number;
    if (signbit(value)) {
        *out++ = '-';
        value = -value;
    }
    if (value == 0) {
        memcpy(out, "0.0", 3);
        return (size_t)(out + 3 - start);
    }
    if (!quick_digits(value, &number)) {
        slow_digits(value, &number);
    }
    return (size_t)(out - start) + write_decimal(&number, out);
}

/* ---- text to doubles ---- */

static int leading_zeros(uint64_t value)
{
#ifdef __GNUC__
    return __builtin_clzll(value);
#else
    int zeros = 0;
    while (!(value >> 63)) {
        value <<= 1;
        zeros++;
    }
    return zeros;
#endif
}

/* (high * 2^64) / divisor, for high < divisor and a divisor whose top bit is set: long division in two steps of
   32 bits each, as in Knuth's algorithm D. `*remains` tells whether the division left something over. */
static uint64_t divide(uint64_t high, uint64_t divisor, int *remains)
{
    const uint64_t base = UINT64_C(1) << 32;
    uint64_t d1 = divisor >> 32, d0 = divisor & 0xFFFFFFFFu;
    uint64_t quotient = 0, rest = high;
    int step;
    for (step = 0; step < 2; step++) {
        uint64_t q = rest / d1, r = rest % d1;
        /* The estimate from the upper half of the divisor is at most two too large. */
        while (q >= base || q * d0 > r << 32) {
            q--;
            r += d1;
            if (r >= base) {
                break;
            }
        }
        rest = (rest << 32) - q * divisor;
        quotient = (quotient << 32) | q;
    }
    *remains = rest != 0;
    return quotient;
}

/* mantissa / 10^power, correctly rounded: the integer division mantissa / 5^power to some 63 bits, of which the
   upper 53 are kept, rounding halves to even. The result is far from the smallest doubles, so ldexp is exact. */
static double divide_by_power(uint64_t mantissa, int power)
{
    uint64_t divisor = power_of_5[power], quotient, kept, dropped, half;
    int shift_mantissa = leading_zeros(mantissa), shift_divisor = leading_zeros(divisor);
    int remains, drop;

    /* The top bit of the numerator stays clear, so that it is smaller than the divisor. The bit shifted out is
       zero, except when the mantissa uses all 64 bits; those are left to the caller's slow way. */
    quotient = divide((mantissa << shift_mantissa) >> 1, divisor << shift_divisor, &remains);
    drop = 64 - leading_zeros(quotient) - 53;
    kept = quotient >> drop;
    dropped = quotient & ((UINT64_C(1) << drop) - 1);
    half = UINT64_C(1) << (drop - 1);
    if (dropped > half || (dropped == half && (remains || (kept & 1)))) {
        kept++;
    }
    return ldexp((double)kept, drop + shift_divisor - shift_mantissa - 63 - power);
}

int json_quick_double(uint64_t mantissa, long exponent, double *value)
{
#if defined(FLT_EVAL_METHOD) && FLT_EVAL_METHOD == 0
    /* Clinger's observation: both operands are exact doubles, so the one operation rounds correctly. Where the
       machine computes with more bits than a double has, it would round twice. */
    static const double power_of_10[] = {
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
        1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22
    };
    if (mantissa <= UINT64_C(1) << 53 && exponent >= -22 && exponent <= 22) {
        double exact = (double)mantissa;
        *value = exponent < 0 ? exact / power_of_10[-exponent] : exact * power_of_10[exponent];
        return 1;
    }
#endif
    if (mantissa == 0) {
        *value = 0;
        return 1;
    }
    if (exponent < 0 && exponent >= -MAX_POWER && mantissa < UINT64_C(1) << 63) {
        *value = divide_by_power(mantissa, (int)-exponent);
        return 1;
    }
    return 0;
}

double json_slow_double(const char *text, size_t length)
{
    /* Digits, "e", and an exponent of at most eight characters. */
    char compact[MAX_SIGNIFICANT + 16];
    const char *at = text, *end = text + length;
    size_t used = 0;
    long long exponent = 0, written = 0;
    int after_point = 0, lost = 0, negative = 0;

    for (; at < end && *at != 'e' && *at != 'E'; at++) {
        if (*at == '.') {
            after_point = 1;
        } else {
            exponent -= after_point;
            if (used < MAX_SIGNIFICANT) {
                if (used > 0 || *at != '0') {
                    compact[used++] = *at;
                }
            } else {
                exponent++;
                lost |= *at != '0';
            }
        }
    }
    if (used == 0) {
        return 0;
    }
    if (lost) {
        /* Enough to be above a tie, which is all the lost digits could decide. */
        compact[used++] = '1';
        exponent--;
    }
    if (at < end) {
        at++;
        if (*at == '+' || *at == '-') {
            negative = *at++ == '-';
        }
        for (; at < end; at++) {
            /* Stops growing where no number of digits before it could still bring the value back into range. */
            if (written < 1000000000000000000LL / 10) {
                written = written * 10 + (*at - '0');
            }
        }
        exponent += negative ? -written : written;
    }
    if (exponent > 99999) {
        exponent = 99999;
    } else if (exponent < -99999) {
        exponent = -99999;
    }
    snprintf(compact + used, sizeof compact - used, "e%ld", (long)exponent);
    return strtod(compact, NULL);
}
