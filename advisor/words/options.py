"""Words of the options: what is offered, why, what it gives up, and why a path is missing."""

from __future__ import annotations

from advisor.words import Words

WORDS: dict[str, Words] = {
    "way-retrieval": Words("No training, retrieval", "不训练 + 检索增强"),
    "way-lora": Words("LoRA", "LoRA 微调"),
    "way-qlora": Words("QLoRA", "QLoRA 微调"),
    "way-full": Words("Full fine-tuning", "全参数微调"),
    "way-continued": Words("Continued pre-training with replay", "持续预训练（含通用数据回放）"),
    "way-continued-plain": Words("Continued pre-training", "持续预训练"),
    "way-pretraining": Words("Pre-training from scratch", "从头预训练"),
    "way-preference": Words("Preference tuning of all parameters", "全参数偏好对齐"),
    "way-preference-lora": Words("Preference tuning with LoRA", "LoRA 偏好对齐"),
    "way-rl": Words("Reinforcement learning of all parameters", "全参数强化学习"),
    "way-rl-lora": Words("Reinforcement learning with LoRA", "LoRA 强化学习"),
    "title-retrieval": Words(
        "{model} as it is with retrieval, on {count} × {device} ({tenure})",
        "原样部署 {model} + 检索增强，{count} × {device}（{tenure}）",
    ),
    "title-train": Words(
        "{way} of {model} on {count} × {device} ({tenure})", "{model} {way}，{count} × {device}（{tenure}）"
    ),
    "title-gives-up": Words("{title} — if you give up {names}", "{title}——前提是放弃{names}"),
    "owned": Words("owned", "自有"),
    "buy-new": Words("bought new", "新购"),
    "buy-used": Words("bought used", "购二手"),
    "rent": Words("rented", "租用"),
    "as-planned": Words("as planned", "按原计划"),
    "own-model": Words("a {size} model", "{size} 模型"),
    "give-domestic-hardware": Words("domestic hardware", "国产硬件要求"),
    "give-domestic-model": Words("a domestic model", "国产模型要求"),
    "give-on-premises": Words("staying on the premises", "本地部署要求"),
    "give-use": Words("handing it on (internal use only)", "对外提供（改为仅限内部使用）"),
    "give-team": Words(
        "the team as it is ({count} engineers on call needed)", "现有人员配置（需 {count} 名能值守的工程师）"
    ),
    "give-team-one": Words("the team as it is (an engineer on call needed)", "现有人员配置（需 1 名能值守的工程师）"),
    "give-deadline": Words("the deadline ({days} days needed)", "原定期限（需 {days} 天）"),
    "give-budget": Words("the budget ({amount} needed)", "预算上限（需 {amount}）"),
    "why-retrieval": Words(
        "The yardstick for every training plan: nothing is trained, the {what} stays where it is, and the prompt holds what "
        "is relevant of it; about {speed} tokens/s for {requests} requests of {context} tokens.",
        "所有训练方案的对照标准：不训练，{what}不出门，把相关部分放进提示词；{requests} 个并发、每个 {context} token 上下文时约 {speed} token/s。",
    ),
    "why-retrieval-rented": Words(
        "The yardstick for every training plan: nothing is trained, and the prompt holds the relevant {what}, which goes to a "
        "rented machine; about {speed} tokens/s for {requests} requests of {context} tokens.",
        "所有训练方案的对照标准：不训练，把相关{what}放进提示词，但{what}要送到租来的机器上；{requests} 个并发、每个 {context} token 上下文时约 {speed} token/s。",
    ),
    "why-retrieval-prompt": Words(
        "The yardstick for every training plan: an open model with good examples in the prompt, {requests} requests of "
        "{context} tokens at about {speed} tokens/s; train only what it cannot do.",
        "所有训练方案的对照标准：开源模型加提示词示例，{requests} 个并发、每个 {context} token 上下文时约 {speed} token/s；它做不到的再考虑训练。",
    ),
    "why-lora": Words(
        "The first training worth trying: {tokens} tokens in {hours}, cheap to repeat when the {what} moves on; it teaches "
        "form and habits, facts still come from retrieval.",
        "最值得先试的训练：{tokens} token，单次 {hours}，{what}更新后重训也便宜；学的是写法和习惯，事实仍靠检索。",
    ),
    "why-lora-task": Words(
        "The first training worth trying: {tokens} tokens in {hours}, cheap enough to repeat until the test improves.",
        "最值得先试的训练：{tokens} token，单次 {hours}，便宜到可以反复试，直到评测提升为止。",
    ),
    "why-qlora": Words(
        "A {size} model on few cards: the frozen base is stored in 4 bits; {tokens} tokens in {hours}, slower a token than LoRA.",
        "用少量卡微调 {size} 模型：冻结的基座以 4 位存储；{tokens} token，单次 {hours}，每个 token 比 LoRA 慢。",
    ),
    "why-full": Words(
        "All {size} parameters on {tokens} tokens in {hours} ({device_hours} device-hours); worth it where LoRA was measured "
        "and fell short.",
        "对 {size} 全部参数训练 {tokens} token，单次 {hours}（{device_hours} 卡时）；先测过 LoRA 不够用才值得。",
    ),
    "why-continued": Words(
        "The deepest method that still makes sense here: {tokens} tokens, {share} of them your own, so that old skills stay; "
        "{hours} of computing ({device_hours} device-hours). Try it last, and keep retrieval.",
        "这里还说得通的最深的方法：{tokens} token，自有数据占 {share}，其余为通用回放以防遗忘；纯计算 {hours}（{device_hours} 卡时）。放在最后再试，检索仍要保留。",
    ),
    "why-continued-plain": Words(
        "Starts from what an open {size} model already knows: {tokens} tokens in {hours} ({device_hours} device-hours).",
        "从现成的 {size} 开源模型出发：{tokens} token，单次 {hours}（{device_hours} 卡时）。",
    ),
    "why-pretraining": Words(
        "The plan itself on another layout: {tokens} tokens in {hours} ({device_hours} device-hours).",
        "原计划换一种布局：{tokens} token，单次 {hours}（{device_hours} 卡时）。",
    ),
    "why-preference": Words(
        "All {size} parameters and a frozen copy of them as the reference: {tokens} tokens in {hours} ({device_hours} device-hours); "
        "worth it where adapters were measured and fell short.",
        "训练 {size} 全部参数，另放一份冻结的参考模型：{tokens} token，单次 {hours}（{device_hours} 卡时）；先测过适配器不够用才值得。",
    ),
    "why-preference-lora": Words(
        "The frozen base is its own reference model, so no second copy is needed: {tokens} tokens in {hours}.",
        "冻结的基座本身就是参考模型，不必另放一份：{tokens} token，单次 {hours}。",
    ),
    "why-rl": Words(
        "All {size} parameters, a reference and a generator side by side; {tokens} tokens in {hours} ({device_hours} device-hours), "
        "most of it spent generating. Try rewards on a small scale first.",
        "{size} 全部参数，外加参考模型和生成引擎；{tokens} token，单次 {hours}（{device_hours} 卡时），大部分时间花在生成上。先小规模验证奖励。",
    ),
    "why-rl-lora": Words(
        "Adapters keep optimizer and reference small, what is left is the generator: {tokens} tokens in {hours}, most of it spent "
        "generating. The place to find out whether the reward leads anywhere.",
        "用适配器后优化器和参考模型都很小，主要是生成引擎：{tokens} token，单次 {hours}，大部分时间花在生成上。先在这里看奖励是否有效。",
    ),
    "selected": Words(
        " Select the {tokens} best tokens of the private data; adapters cannot take in more.",
        "私有数据只精选 {tokens} token，再多适配器也装不下。",
    ),
    "abroad": Words(
        " The price is one abroad: the data would cross the border, so rent the same class at home where you can.",
        "价格取自境外，数据须出境；国内能租到同档设备时应优先在国内租。",
    ),
    "npu-move": Words(
        " Moving from CUDA to the NPU tool chain is a project of its own.", "从 CUDA 迁到昇腾工具链应单独立项。"
    ),
    "licence": Words("{name}: {status} for {stage}", "{name}：{stage}阶段{status}"),
    "licence-duties": Words("{name}: {duties}", "{name}：{duties}"),
    "licence-unknown": Words("licence unknown: ask before use", "许可证未知，使用前须确认"),
    "status-allowed": Words("allowed", "允许"),
    "status-conditions": Words("allowed on conditions", "有条件允许"),
    "status-ask-legal": Words("legal must decide", "须法务判断"),
    "status-forbidden": Words("forbidden", "禁止"),
    "status-unknown": Words("unknown", "未知"),
    "stage-internal": Words("internal use", "内部使用"),
    "stage-internal-transfer": Words("transfer inside the group", "集团内转让"),
    "stage-hosted-service": Words("a hosted service", "对外托管服务"),
    "stage-weights-to-customers": Words("weights delivered to customers", "向客户交付权重"),
    "risk-low": Words("low", "低"),
    "risk-medium": Words("medium", "中"),
    "risk-high": Words("high", "高"),
    "nothing": Words(
        "Or do nothing of the kind: until the yardstick has been measured on your own cases, no figure says that any "
        "training is worth its price; waiting costs nothing and open models keep improving.",
        "也可以什么都不做：在自己的用例上测出对照标准之前，没有数据能说明训练值这个钱；等待不花钱，而开源模型一直在进步。",
    ),
    "nothing-trained": Words(
        "Or do nothing of the kind: if people already solve the same cases fast enough without it, no deployment pays.",
        "也可以什么都不做：如果同样的用例不用它也解决得够快，那么任何部署都不划算。",
    ),
    "missing-constraints": Words(
        "{way}: nothing inside all constraints. To get it, give up {names}.",
        "{way}：没有满足全部约束的方案，须放弃{names}。",
    ),
    "missing-or": Words("{one}; or {other}", "{one}；或者放弃{other}"),
    "missing-numbered": Words("{names} – option {number}", "{names}（见方案 {number}）"),
    "missing-none": Words(
        "{way}: no machine that the plan has, or that can be bought or rented within its demands, carries a suitable model.",
        "{way}：计划已有的、以及在其要求内能买到或租到的机器，都带不动合适的模型。",
    ),
    "missing-blocked": Words("{way}: every candidate is blocked: {says}", "{way}：所有候选都被阻断：{says}"),
    "missing-data": Words("{way}: the plan lists no data to train on.", "{way}：计划没有列出可训练的数据。"),
    "missing-model": Words(
        "{way}: no open model is licensed for {stage} within the plan's demands.",
        "{way}：在计划的要求内，没有开源模型的许可证允许{stage}。",
    ),
    "missing-little": Words(
        "{way}: the data holds too little plain text or code for it ({tokens} tokens); use adapters and retrieval.",
        "{way}：数据中可用的纯文本或代码太少（{tokens} token），应改用适配器微调和检索。",
    ),
    "missing-short": Words(
        "{way}: the run is a matter of days; nobody buys a node for that, and what may be rented is no better.",
        "{way}：训练只要几天，没有人会为此买整机，而可租的又不合适。",
    ),
    "missing-price": Words(
        "{way}: the devices that would do have no price that is known and fresh.",
        "{way}：能用的设备没有已知且未过期的价格。",
    ),
    "missing-own": Words(
        "The plan's own wish ({way} of {model}) would process {tokens} tokens{replay}: about {device_hours} device-hours on {device} "
        "({count} of them, {days} days by the calendar) and {cost} for the whole project{over}. {verdict}",
        "原计划的设想——{model} {way}——共需处理 {tokens} token{replay}：用 {device} 约 {device_hours} 卡时（{count} 张，日历 {days} 天），整个项目约 {cost}{over}。{verdict}",
    ),
    "own-replay": Words(" once general data is mixed in ({share} private)", "（按私有数据占 {share} 混入通用数据后）"),
    "own-over": Words(", {times}× the budget", "，是预算的 {times} 倍"),
    "own-not-offered": Words(
        "It is not offered: the options above answer most of the wish at a fraction of that, and a tune is stale when its data moves on.",
        "因此不推荐：上面的方案以零头的代价就能满足大部分需求，而且数据一更新，训练成果就过时。",
    ),
    "flip-already": Words("The plan is already at its best verdict.", "计划已是最好的结论，无需改动。"),
    "flip-one": Words(
        "Smallest change to the plan that turns its verdict to {verdict}: {change}.",
        "对计划最小的改动，可使结论变为“{verdict}”：{change}。",
    ),
    "flip-left": Words(
        " Findings of severity high that stay: {count}, first {id} {name}; one of the options is the better way.",
        "改后仍有 {count} 个高级别问题，首先是 {id} {name}；不如改用上面的方案。",
    ),
    "flip-none": Words(
        "No single change of a setting turns the verdict. The smallest set of changes that does is option {number}.",
        "没有哪一项设置能单独改变结论；能改变结论的最小一组改动见方案 {number}。",
    ),
    "flip-none-alone": Words("No single change of a setting turns the verdict.", "没有哪一项设置能单独改变结论。"),
    "pilot-retrieval": Words(
        "Smallest pilot that would change the decision: option {number}, {days} days, {cases} real cases judged blind, with and "
        "without the retrieved {what}. If it solves as many as the wish demands, train nothing; if not, the cases that fail "
        "are the training set and the test.",
        "足以改变决定的最小试点：先做方案 {number}，{days} 天，用 {cases} 个真实用例盲评，比较带与不带检索到的{what}。达到期望就不必训练；达不到，失败的用例正好作为训练集和评测集。",
    ),
    "pilot-retrieval-own": Words(
        "Smallest pilot that would change the decision: option {number} on what stands there, {days} days, {cases} real cases "
        "judged blind, with and without the retrieved {what}. If it solves as many as the wish demands, train nothing; if "
        "not, the cases that fail are the training set and the test.",
        "足以改变决定的最小试点：用手头的设备做方案 {number}，{days} 天，用 {cases} 个真实用例盲评，比较带与不带检索到的{what}。达到期望就不必训练；达不到，失败的用例正好作为训练集和评测集。",
    ),
    "pilot-prompt": Words(
        "Smallest pilot that would change the decision: option {number}, {days} days, {cases} real cases judged blind, with good "
        "examples in the prompt. If that is good enough, train nothing; if not, the cases that fail are the training set "
        "and the test.",
        "足以改变决定的最小试点：先做方案 {number}，{days} 天，在提示词里放好示例，用 {cases} 个真实用例盲评。够用就不必训练；不够用，失败的用例正好作为训练集和评测集。",
    ),
    "pilot-prompt-own": Words(
        "Smallest pilot that would change the decision: option {number} on what stands there, {days} days, {cases} real cases "
        "judged blind, with good examples in the prompt. If that is good enough, train nothing; if not, the cases that fail "
        "are the training set and the test.",
        "足以改变决定的最小试点：用手头的设备做方案 {number}，{days} 天，在提示词里放好示例，用 {cases} 个真实用例盲评。够用就不必训练；不够用，失败的用例正好作为训练集和评测集。",
    ),
    "pilot-measure": Words(
        "Smallest pilot that would change the decision: {steps} steps of option {number} on one node, about {hours}, with loss, tokens "
        "per second and memory recorded, then a restore from its checkpoint. If speed is below {speed} tokens/s per device, "
        "the dates do not hold.",
        "足以改变决定的最小试点：方案 {number} 在单节点上跑 {steps} 步，约 {hours}，记录损失、吞吐和显存，并从检查点恢复一次。若单卡低于 {speed} token/s，工期就不成立。",
    ),
    "pilot-plan": Words(
        "Smallest pilot that would change the decision: the plan itself on {cases} real cases, judged blind, with and without "
        "retrieval, before more users are let in.",
        "足以改变决定的最小试点：就用这个计划跑 {cases} 个真实用例盲评，比较有无检索，再开放给更多人用。",
    ),
    "pilot-plain": Words(
        "Smallest pilot that would change the decision: {cases} real cases, judged blind, with an open model as it is.",
        "足以改变决定的最小试点：拿 {cases} 个真实用例，用现成的开源模型盲评一遍。",
    ),
    "table-head": Words("Options for {plan}: {verdict} as it stands", "{plan} 的可行方案（原计划结论：{verdict}）"),
    "inside": Words("Inside all constraints", "满足全部约束"),
    "inside-none": Words("Inside all constraints: none.", "满足全部约束的方案：无。"),
    "inside-plan": Words(
        "The plan itself stands: nothing does the same cheaper, sooner or better judged.",
        "原计划本身成立：没有更便宜、更快或结论更好的同类做法。",
    ),
    "outside": Words("Giving something up", "需要放弃某些约束"),
    "published": Words("Published layouts and the search", "公开的并行布局与搜索结果"),
    "published-intro": Words(
        "Runs whose layout was published, and the layout that the search prefers on the same devices, with the same model, batch and "
        "framework. Speeds are estimates; preferred is the simplest layout within 5 % of the fastest that fits with a chance of 0.9 or "
        "more. Micro-batches that a source does not state are taken as 1. Written by `python docs/generate.py` from "
        "`knowledge/measured/layouts.csv`.",
        "下表列出布局已公开的训练，以及在设备、模型、批次和框架都相同时搜索优先选择的布局。速度均为估算；优先选择的是“放得下的概率不低于 0.9、速度与最快者相差 5% 以内”的布局中最简单的一个。来源未写明微批的按 1 计。本页由 `python docs/generate.py` 根据 `knowledge/measured/layouts.csv` 生成。",
    ),
    "published-run": Words("Run", "训练"),
    "published-devices": Words("Devices", "设备"),
    "published-layout": Words("Published layout", "公开的布局"),
    "published-printed": Words("MFU printed", "公布的 MFU"),
    "published-estimated": Words("MFU estimated", "估算的 MFU"),
    "published-preferred": Words("Preferred layout", "优先选择的布局"),
    "published-speed": Words("Speed against the published one", "相对公开布局的速度"),
    "published-why": Words("Why", "原因"),
    "published-unfit": Words(
        "by our estimate the published one fits with a chance of {chance} only",
        "按我们的估算，公开布局放得下的概率只有 {chance}",
    ),
    "published-saves": Words("less {names}", "省在{names}"),
    "published-spends": Words("more {names}", "多花在{names}"),
    "published-same": Words("about as fast", "速度相当"),
    "front-title": Words("Cost, time and risk of the options", "各方案的成本、时间与风险"),
    "front-description": Words(
        "Each marker is an option: cost to the right, days to the result upwards, both logarithmic; the shape is the risk. "
        "Filled: no option that gives up no more is better in all three. Dashed: another one is.",
        "每个标记是一个方案：横轴成本、纵轴出结果天数，均为对数刻度；形状表示风险。实心：在不放弃更多约束的前提下，没有方案三项全优于它；虚线：有更优的方案。",
    ),
    "front-marker": Words(
        "Option {number}: {title}; {cost}, {days} days, risk {risk}.",
        "方案 {number}：{title}；{cost}，{days} 天，风险{risk}。",
    ),
    "front-marker-beaten": Words(
        "Option {number}: {title}; {cost}, {days} days, risk {risk}; beaten by {others}.",
        "方案 {number}：{title}；{cost}，{days} 天，风险{risk}；不如方案 {others}。",
    ),
    "front-cost": Words("Cost of the whole project", "项目总成本"),
    "front-days": Words("Days from the decision to the result", "从拍板到出结果的天数"),
    "front-risk": Words("risk {risk}", "风险{risk}"),
    "front": Words(
        "Front of cost, time and risk (not beaten in all three by an option that gives up no more)",
        "成本、时间与风险的最优前沿（在不放弃更多约束的前提下，没有方案三项全优于它）",
    ),
    "front-row": Words(
        "Option {number}: {cost}, {days} days, risk {risk}", "方案 {number}：{cost}，{days} 天，风险{risk}"
    ),
    "front-too-few": Words(
        "A picture of cost, time and risk compares at least two options; there are fewer.",
        "成本、时间与风险图至少要有两个方案可比，目前不足两个。",
    ),
    "front-beaten": Words("Not on it: {rows}.", "不在前沿上：{rows}。"),
    "front-beaten-row": Words("{number} (beaten by {others})", "{number}（不如 {others}）"),
    "missing": Words("Not possible, and why", "行不通的路及原因"),
    "next": Words("Next steps", "下一步"),
    "column-fits": Words("Fits", "放得下"),
    "column-days": Words("Days to result", "出结果天数"),
    "column-cost": Words("Cost, {currency}", "成本（{currency}）"),
    "column-risk": Words("Risk", "风险"),
    "column-verdict": Words("Verdict", "结论"),
    "row-changes": Words("Changes", "改动"),
    "row-why": Words("Why", "理由"),
    "row-licence": Words("Licence", "许可证"),
    "row-left": Words("Left to settle", "尚待解决"),
    "settle": Words("To settle", "尚待解决的问题"),
    "settle-row": Words("{id} ({severity}; options {numbers}): ", "{id}（{severity}；方案 {numbers}）："),
    "duties-row": Words("Options {numbers}: ", "方案 {numbers}："),
    "duties": Words("Duties of the licences", "许可证义务"),
    "untouched": Words("none (nothing is trained)", "无（不训练）"),
    "row-layout": Words("Layout", "布局"),
    "row-figures": Words("Figures", "数据"),
    "part-delivery": Words("delivery {days}", "到货 {days}"),
    "part-preparation": Words("data {days}", "备数据 {days}"),
    "part-run": Words("run {days}", "训练 {days}"),
    "part-repeats": Words("repeats {days}", "重来 {days}"),
    "part-deployment": Words("set-up {days}", "部署 {days}"),
    "figures": Words(
        "{days} days to the result ({low}–{high}{parts}) · {cost} ({cost_low}–{cost_high})",
        "{days} 天出结果（{low}～{high}{parts}）· {cost}（{cost_low}～{cost_high}）",
    ),
    "layout": Words(
        "{framework}, {precision}{sharding}; micro-batch {batch} × accumulation {accumulation} × data-parallel {data}, "
        "sequences of {sequence} tokens, {recompute}",
        "{framework}，{precision}{sharding}；微批 {batch} × 累积 {accumulation} × 数据并行 {data}，序列长度 {sequence}，{recompute}",
    ),
    "replicated": Words("weights on every device", "每卡一份权重"),
    "cut-tensor": Words("TP{degree} inside the node", "节点内 TP{degree}"),
    "cut-pipeline": Words("PP{degree} stages", "PP{degree} 级流水线"),
    "cut-context": Words("CP{degree} along the sequence", "CP{degree} 切分序列"),
    "cut-expert": Words("EP{degree} over the experts", "EP{degree} 切分专家"),
    "cut-zero": Words("ZeRO-{stage} over {replicas} replicas", "ZeRO-{stage} 分到 {replicas} 个副本"),
    "cut-zero-sequence": Words("ZeRO-{stage} over the parts of a sequence", "ZeRO-{stage} 分到序列各段"),
    "against-unfit": Words("; the plan's own layout does not surely fit", "；原计划的布局未必放得下"),
    "against-faster": Words(
        "; {speed}× the speed of the plan's own layout: less {names}", "；速度是原布局的 {speed} 倍：省在{names}"
    ),
    "against-faster-plain": Words("; {speed}× the speed of the plan's own layout", "；速度是原布局的 {speed} 倍"),
    "against-slower": Words(
        "; {speed}× the speed of the plan's own layout, more {names}",
        "；速度是原布局的 {speed} 倍，多花在{names}上",
    ),
    "against-slower-plain": Words("; {speed}× the speed of the plan's own layout", "；速度是原布局的 {speed} 倍"),
    "offload-optimizer": Words("optimizer in host memory", "优化器放在主机内存"),
    "offload-parameters": Words("optimizer and weights in host memory", "优化器与权重放在主机内存"),
    "figures-paid": Words(
        ", {amount} of it for machines, the rest people's time", "，其中设备等支出 {amount}，其余为人力"
    ),
    "recompute-none": Words("no recomputation", "不重计算"),
    "recompute-selective": Words("selective recomputation", "选择性重计算"),
    "recompute-full": Words("full recomputation", "完整重计算"),
    "short-retrieval": Words("Retrieval", "检索增强"),
    "short-lora": Words("LoRA", "LoRA"),
    "short-qlora": Words("QLoRA", "QLoRA"),
    "short-full": Words("Full", "全参数"),
    "short-continued": Words("Continued", "持续预训练"),
    "short-preference": Words("Preferences", "偏好对齐"),
    "short-preference-lora": Words("Preferences, LoRA", "偏好对齐 LoRA"),
    "short-rl": Words("RL", "强化学习"),
    "short-rl-lora": Words("RL, LoRA", "强化学习 LoRA"),
    "short-pretraining": Words("From scratch", "从头预训练"),
    "short-domestic-hardware": Words("domestic hardware", "国产硬件"),
    "short-domestic-model": Words("a domestic model", "国产模型"),
    "short-on-premises": Words("on-premises", "本地部署"),
    "short-use": Words("handing it on", "对外提供"),
    "short-team": Words("the team as it is", "现有人员配置"),
    "short-deadline": Words("the deadline", "原定期限"),
    "short-budget": Words("the budget", "预算上限"),
    "note-internal": Words(
        "For internal use only, option {number} would be {verdict}: what holds it back is {findings}.",
        "若仅限内部使用，方案 {number} 的结论为“{verdict}”：目前卡在 {findings}。",
    ),
    "note-internal-eased": Words(
        "For internal use only, option {number} would be rid of {findings}.",
        "若仅限内部使用，方案 {number} 不再有 {findings} 的问题。",
    ),
    "stopped": Words("Interrupted: the best found so far.", "已中断：以下为目前找到的最好方案。"),
    "written": Words("Plan files written to {folder}: {count}.", "已写出 {count} 个计划文件到 {folder}。"),
    "changes-more": Words("{changes}; and {count} more values", "{changes}；另有 {count} 处"),
    "column-what": Words("Way and model", "方式与模型"),
    "column-machines": Words("Machines", "硬件"),
    "group-gives-up": Words("If you give up {names}", "若放弃{names}"),
    "progress": Words("Searching: {done} of {total}", "搜索中：{done}/{total}"),
    "no-options": Words(
        "No plan was found that fits, has a known price and is not blocked by a rule.",
        "没有找到放得下、价格已知且不被规则阻断的方案。",
    ),
    "minutes": Words("{value} minutes", "{value} 分钟"),
    "hours": Words("{value} hours", "{value} 小时"),
    "days": Words("{value} days", "{value} 天"),
}
