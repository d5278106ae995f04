package io.turnwise.app.fuzz;

import java.util.List;

/**
 * What a campaign found.
 *
 * @param findings of each target
 * @param peakHeapBytes most of the heap that was in use at any time
 */
record FuzzReport(List<Findings> findings, long peakHeapBytes) {
  FuzzReport {
    findings = List.copyOf(findings);
  }

  long cases() {
    return findings.stream().mapToLong(Findings::cases).sum();
  }

  long defects() {
    return findings.stream().mapToLong(Findings::defectCount).sum();
  }
}
