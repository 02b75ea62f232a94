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
    "said": Words("By how much a plan says", "按计划写明的程度"),
    "said-intro": Words(
        "The same runs stated as plans state them; each kind of plan has error spreads of its own. A plan that says "
        "`fused_kernels` and the rest leaves nothing open; most name their framework and leave kernels, versions and "
        "switches open; some do not even name the framework, and the usual one for the layout is assumed.",
        "同样的样本，按计划常见的写法给出；每种写法有各自的误差区间。写明 `fused_kernels` 等全部信息的计划没有未知项；多数计划只写框架，融合算子、版本与开关未写；还有的连框架都没写，此时按并行方式取常用框架。",
    ),
    "said-in-full": Words("everything said", "全部写明"),
    "said-as-planned": Words("framework named", "只写框架"),
    "said-without-framework": Words("no framework named", "未写框架"),
    "chances": Words("What became of stated chances of fitting", "“放得下”概率的兑现情况"),
    "chances-intro": Words(
        "Runs that fitted and runs that ran out of memory, by the chance that was stated for them with their framework "
        "named. There are several times as many of the former, so their share lies above the chance.",
        "只写框架时，按给出的概率统计成功运行与显存溢出的次数。成功运行的样本多出数倍，因此其占比高于所给概率。",
    ),
    "chance": Words("Chance of fitting", "放得下的概率"),
    "fitted": Words("Fitted", "成功运行"),
    "failed": Words("Out of memory", "显存溢出"),
    "rivals": Words("Beside what people reckon with", "与常用估法对比"),
    "rivals-memory": Words(
        "Mean absolute error of peak memory on the same runs; in brackets how many of the group’s runs a rule takes, where it "
        "doesn’t take all. Rules of thumb are those of `knowledge/measured/rules_of_thumb.csv`, each with its source.",
        "同样样本上峰值显存的平均绝对误差；某个方法不能覆盖全组时，括号内为其覆盖的次数。经验公式见 `knowledge/measured/rules_of_thumb.csv`，均注明出处。",
    ),
    "rivals-time": Words("Median absolute error of the rate on the same runs.", "同样样本上速度的绝对误差中位数。"),
    "peers-asked": Words("Other calculators asked: {names}.", "参与对比的其他计算器：{names}。"),
    "peers-none": Words(
        "No other calculator was asked; `advisor backtest` asks these where they are installed: {names}.",
        "此次没有其他计算器参与对比；装有以下软件时，`advisor backtest` 会一并给它们打分：{names}。",
    ),
    "advisor": Words("advisor", "advisor"),
    "of-runs": Words("{error} ({runs})", "{error}（{runs}）"),
    "by-source": Words("By source", "按来源"),
    "by-device": Words("By device", "按设备"),
    "by-method": Words("By method", "按训练方法"),
    "by-framework": Words("By framework", "按框架"),
    "worst": Words("The runs furthest off", "误差最大的样本"),
    "worst-intro": Words(
        "The ten furthest off by ratio, at most two of one source, with the reason where it is known.",
        "按比值取误差最大的十条，同一来源最多两条；原因已知的一并列出。",
    ),
    "run": Words("Run", "样本"),
    "source": Words("Source", "来源"),
    "measured-gib": Words("Measured, GiB", "实测（GiB）"),
    "measured-rate": Words("Measured, tokens/s and device", "实测（每卡 token/s）"),
    "estimated": Words("Estimated", "估算"),
    "error": Words("Error", "误差"),
    "reason": Words("Reason", "原因"),
    "unknown-reason": Words("not known", "未知"),
    "picture-title": Words("Measured against estimated: memory and speed", "实测与估算对照：显存与速度"),
    "picture-description": Words(
        "Two panels on logarithmic scales, one point a run; points on the diagonal are estimated as measured. Memory: {memory} "
        "runs, mean absolute error {error}. Speed: {time} runs, median absolute error {rate_error}.",
        "两幅双对数图，每点一次实测；落在对角线上表示估算与实测一致。显存：{memory} 次，平均绝对误差 {error}。速度：{time} 次，绝对误差中位数 {rate_error}。",
    ),
    "picture-memory": Words("Memory per device, GiB", "单卡显存（GiB）"),
    "picture-time": Words("Speed, tokens per second and device", "速度（每卡每秒 token 数）"),
    "axis-measured-gib": Words("measured, GiB", "实测（GiB）"),
    "axis-estimated-gib": Words("estimated, GiB", "估算（GiB）"),
    "axis-measured-rate": Words("measured, tokens/s", "实测（token/s）"),
    "axis-estimated-rate": Words("estimated, tokens/s", "估算（token/s）"),
    "trained-full": Words("all weights", "全参训练"),
    "trained-lora": Words("LoRA", "LoRA"),
    "trained-qlora": Words("QLoRA", "QLoRA"),
    "band": Words("25 % off", "偏差 25%"),
    "time": Words("Speed", "速度"),
    "time-intro": Words(
        "Tokens per second and device. Each source is judged with constants that were fitted without it, and with the shift "
        "and the spread that the other sources of its kind showed when they were left out themselves.",
        "每卡每秒 token 数。评估某个来源时，所有常数都在剔除该来源后重新拟合；校正量与误差区间取自同类其他来源各自被剔除时的误差。",
    ),
    "hours": Words("Device-hours of whole runs", "整次训练的卡时"),
    "hours-intro": Words(
        "Published totals of whole runs. The constants and the factor of whole runs are those that the other sources made.",
        "公开的整次训练总卡时。常数与整程系数均由其他来源得出。",
    ),
    "serving": Words("Using a model", "模型推理"),
    "serving-intro": Words(
        "Tokens per second of all devices, by what takes most of the time: making tokens (decode) or reading prompts "
        "(prefill); and memory of one device, which these sources state without an engine’s own buffers. Each source is "
        "judged with constants and spreads that the other sources made.",
        "所有设备合计的每秒 token 数，按耗时最多的环节分为生成（decode）与读入提示词（prefill）；以及单卡显存，这些来源的显存不含推理引擎自身的缓冲区。评估某个来源时，常数与误差区间只用其他来源得出。",
    ),
    "limits": Words("What no run here tests", "尚无实测检验的部分"),
    "limits-text": Words(
        "No run here has reinforcement learning, offload to NVMe, the Muon optimizer or host memory, or speed on 50-series "
        "cards, DGX Spark or Apple devices: those rest on physics and wide ranges. Few have preference training, offload to "
        "host memory, mixtures of experts in memory, T4, Gaudi, H20, or 30- and 40-series cards. Runs of short unpacked "
        "samples wait for the host, whose speed no plan states: they spread by a factor of two.",
        "以下情况这里没有实测：强化学习、卸载到 NVMe、Muon 优化器、主机内存，以及 50 系显卡、DGX Spark 和 Apple 设备上的速度，只靠物理推算并给出较宽的区间。偏好训练、卸载到主机内存、混合专家模型的显存，以及 T4、Gaudi、H20、30 与 40 系显卡的实测很少。样本短且未打包时，设备常在等待主机，而方案不写主机快慢，误差可达两倍。",
    ),
}
