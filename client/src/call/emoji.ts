/**
 * 256 pictures of things that differ at a glance and have a plain name: no faces, no flags, no
 * variants of one thing by colour, sex or skin. One code point each. What stands here is part of
 * what both sides compare, so a place never changes. Told by how far each code point is from the
 * one before, they take a quarter of what the pictures themselves would; the tests show them.
 */
const GAPS =
  '0 3 2 14 3 15 1 2 2 2 1 2 2 2 2 1 2 1 3 1 1 1 1 1 1 1 1 1 1 2 1 1 1 1 1 1 1 2 3 2 1 4 1 2 3 ' +
  '1 1 1 1 2 3 1 2 2 1 2 2 2 1 1 1 1 1 1 2 2 10 1 13 1 1 1 1 3 1 1 1 1 1 2 1 2 1 1 2 2 1 1 1 1 ' +
  '3 1 1 6 2 11 13 5 9 2 9 1 16 2 1 2 1 4 3 1 1 1 1 1 1 1 1 2 1 1 4 1 2 2 1 1 1 1 1 1 1 1 1 1 1 ' +
  '1 1 1 1 1 21 2 1 1 1 1 2 3 3 1 2 34 9 1 19 2 4 9 11 19 7 9 4 15 6 3 1 16 2 4 3 17 1 2 6 205 ' +
  '2 131 1 1 10 5 1 3 5 2 6 2 2 12 57 9 1 2 1 585 3 6 2 4 1 2 1 1 2 3 1 1 1 7 1 1 2 2 3 20 1 1 ' +
  '1 2 1 1 1 1 1 1 2 1 3 1 1 1 2 1 1 1 1 1 6 3 4 23 2 1 1 1 30 1 5 4 5 3 1 2 136 1';

let point = 0x1f308;

/** The table that four emoji are taken from. */
export const EMOJI: readonly string[] = GAPS.split(' ').map((gap) => {
  point += Number(gap);
  return String.fromCodePoint(point);
});
