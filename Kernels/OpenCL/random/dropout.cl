// Dropout of x[count] by random numbers from Philox4x32-10, and the counter of its steps.
//
// Constants: EPILOGUE.

#include "include/epilogue.h"
#include "include/vector.h"

// y = kept ? x * scale : 0. A tile has 64 elements: element 16 j + l is ruled by word j of the counter's block l. A
// work-item does V neighbouring blocks of each of its tiles; neighbouring work-items share tiles. x and y may be the
// same.
kernel void dropout(
    global const float *x, global const int *restrict stepNumber, global float *y, int count, int seedLow, int seedHigh,
    int layer, int purpose, int threshold, float scale, int tilesPerItem EPILOGUE_PARAMETERS)
{
  const int lane = get_global_id(0) % (16 / V) * V;
  uint lanes[V];
  for (int l = 0; l < V; l++) lanes[l] = lane + l;
  const uvec iota = LOAD(lanes);
  const int tiles = count / 64 + (count % 64 > 0);
  const int first = get_global_id(0) / (16 / V) * tilesPerItem;
  for (int tile = first; tile < min(first + tilesPerItem, tiles); tile++) {
    uvec words[4] = {iota + 16 * (uint)tile, (uvec)((uint)stepNumber[0]), (uvec)((uint)layer), (uvec)((uint)purpose)};
    uint keyLow = seedLow, keyHigh = seedHigh;
    for (int round = 0; round < 10; round++) {
      const uvec a = words[0], c = words[2];
      words[0] = mul_hi((uvec)(0xCD9E8D57u), c) ^ words[1] ^ keyLow;
      words[1] = c * 0xCD9E8D57u;
      words[2] = mul_hi((uvec)(0xD2511F53u), a) ^ words[3] ^ keyHigh;
      words[3] = a * 0xD2511F53u;
      keyLow += 0x9E3779B9u;
      keyHigh += 0xBB67AE85u;
    }
    for (int j = 0; j < 4; j++) {
      const int at = tile * 64 + j * 16 + lane;
      if (at <= count - V) {
        const vec kept = LOAD(x + at) * scale;
        STORE_RESULT(words[j] >> 8 < (uvec)((uint)threshold) ? (vec)(0.0f) : kept, y + at, y)
      } else {
        uint rest[V];
        STORE(words[j], rest);
        for (int l = 0; l < count - at; l++)
          STORE_RESULT_ELEMENT(rest[l] >> 8 < (uint)threshold ? 0.0f : x[at + l] * scale, y + at + l, y)
      }
    }
  }
}

kernel void increment(global int *counter)
{
  if (get_global_id(0) == 0) counter[0] = (int)((uint)counter[0] + 1u);
}
