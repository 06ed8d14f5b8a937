/** The text a learner can copy to tell the maintainers that an item is wrong. */

export interface Report {
  readonly item: string;
  readonly rev: number;
  readonly page: string;
  readonly chosen: readonly string[];
  readonly verdict: string;
  readonly verified: string;
}

export function reportText(report: Report): string {
  return [
    `[문항 신고] ${report.item} (rev ${report.rev})`,
    "",
    `- 페이지: ${report.page}`,
    `- 고른 답: ${report.chosen.join(", ")}`,
    `- 채점: ${report.verdict}`,
    `- 문항을 확인한 날: ${report.verified}`,
    "",
    "무엇이 이상한가요? 근거가 되는 AWS 문서의 주소가 있으면 함께 적어 주세요.",
    "",
  ].join("\n");
}
