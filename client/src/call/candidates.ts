/** A candidate of a description, by the place of its media section. */
interface PlacedCandidate {
  readonly candidate: string;
  readonly sdpMLineIndex: number;
}

/** Splits a description (RFC 8829) into one without candidates, and these. */
export const withoutCandidates = (
  sdp: string,
): { readonly sdp: string; readonly candidates: readonly PlacedCandidate[] } => {
  const candidates: PlacedCandidate[] = [];
  let section = -1;
  const kept = sdp.split(/(?<=\n)/).filter((line) => {
    if (line.startsWith('m=')) section += 1;
    if (line.startsWith('a=candidate:'))
      candidates.push({ candidate: line.slice(2).trim(), sdpMLineIndex: section });
    return !/^a=(candidate:|end-of-candidates)/.test(line);
  });
  return { sdp: kept.join(''), candidates };
};
