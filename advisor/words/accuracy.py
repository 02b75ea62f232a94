"""Words of the page on accuracy."""

from __future__ import annotations

from advisor.words import Words

WORDS: dict[str, Words] = {
    "title": Words("How accurate the estimates are", "估算有多准"),
    "intro": Words(
        "Made by `advisor backtest` from the runs in `knowledge/measured`, each with its source. Errors are relative to "
        "what was measured; the bias is signed, positive where the estimate is too high; the last column is the share of "
        "runs that lie in the stated range, which should hold 90 %.",
        "由 `advisor backtest` 根据 `knowledge/measured` 中的实测数据生成，每条都注明出处。误差相对于实测值；偏差带符号，正值表示估高；最后一列是落在给定区间内的比例，理想值为 90%。",
    ),
    "memory": Words("Memory", "显存"),
    "memory-intro": Words(
        "Peak memory per device, in the metric that the source states (allocated, reserved, or what the driver shows). "
        "Each source is judged with fitted constants and error spreads that the other sources made; the habits of a "
        "framework were set with its published runs in view, which flatters the figures somewhat.",
        "单卡峰值显存，口径与来源一致（已分配、已保留或驱动显示）。评估某个来源时，拟合常数与误差区间只用其他来源得出；各框架的显存特性参考过其公开数据，因此数字略偏乐观。",
    ),
    "group": Words("Group", "分组"),
    "runs": Words("Runs", "次数"),
    "mean-error": Words("Mean absolute error", "平均绝对误差"),
    "median-error": Words("Median absolute error", "绝对误差中位数"),
    "bias": Words("Bias", "偏差"),
    "inside": Words("Inside the range", "落在区间内"),
    "within-ten": Words("{share} of all runs are within 10 %.", "{share} 的样本误差在 10% 以内。"),
    "verdicts": Words(
        "Of {failed} runs that ran out of memory, {caught} are not called fitting; of {fitted} that fitted, {wrong} are "
        "called “no”.",
        "{failed} 次显存溢出中，有 {caught} 次未被判为放得下；{fitted} 次成功运行中，有 {wrong} 次被误判为“不能”。",
    ),
    "thumb": Words(
        "Rules of thumb on the same full fine-tuning runs on one device: {rules}.",
        "同样的单卡全参微调样本，经验公式的误差：{rules}。",
    ),
    "by-source": Words("By source", "按来源"),
    "by-device": Words("By device", "按设备"),
    "time": Words("Speed", "速度"),
    "time-intro": Words(
        "Tokens per second and device. Each source is judged with the shift and spread that the other sources of its kind "
        "made; the physical constants are those of all sources.",
        "每卡每秒 token 数。评估某个来源时，校正量与误差区间只用同类的其他来源得出；物理常数由全部来源得出。",
    ),
    "fixed": Words(
        "6·N·D at a fixed utilisation of 40 % errs by {share} (median) on the same runs.",
        "同样的样本，按固定 40% 利用率用 6·N·D 估算，误差中位数为 {share}。",
    ),
    "hours": Words("Device-hours of whole runs", "整次训练的卡时"),
    "hours-intro": Words(
        "Published totals of whole runs, as the calibration stands.", "公开的整次训练总卡时，用现有校准直接估算。"
    ),
    "limits": Words("What no run here tests", "尚无实测检验的部分"),
    "limits-text": Words(
        "Serving speed and memory, expert parallelism in memory, preference and reinforcement learning, offload, the Muon "
        "optimizer, host memory, and speed on T4, 30-, 40- and 50-series cards, DGX Spark and Gaudi rest on physics and "
        "wide ranges. Short unpacked samples under sharded adapters run two to four times slower than estimated.",
        "推理的速度与显存、专家并行的显存、偏好训练与强化学习、卸载、Muon 优化器、主机内存，以及 T4、30/40/50 系显卡、DGX Spark 与 Gaudi 上的速度，目前只靠物理推算并给出较宽的区间。分片训练适配器且样本短、未打包时，实际速度可能只有估算的二分之一到四分之一。",
    ),
}
