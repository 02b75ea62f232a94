"""Words of the report's first page and sections."""

from __future__ import annotations

from advisor.words import Words

WORDS: dict[str, Words] = {
    # head
    "for": Words("Written for", "阅读对象"),
    "for-leadership": Words("those who decide", "决策者"),
    "for-engineering": Words("those who build it", "实施工程师"),
    "not-shown": Words("Not shown", "未显示"),
    "made-by": Words("Made by", "生成工具"),
    "missing-device": Words("The device is", "设备"),
    "missing-tokens": Words("The amount of data is", "数据量"),
    "missing-rates": Words("The speed of the device is", "设备速率"),
    "decision": Words("Decision", "结论"),
    "as-table": Words("The same as a table", "数据表"),
    "contents": Words("Contents", "目录"),
    "first-page": Words("On one page", "一页结论"),
    # the decision asked for
    "ask-title": Words("Decision asked for", "请求决策"),
    "ask-instead": Words(
        "Do not start the plan as it stands. Approve option {number} in its place: {title}.",
        "不要按现有计划启动，改为批准方案 {number}：{title}。",
    ),
    "ask-instead-open": Words(
        "Do not start the plan as it stands. Option {number} takes its place once {count} open points are settled: {title}.",
        "不要按现有计划启动，改走方案 {number}，前提是先解决 {count} 个遗留问题：{title}。",
    ),
    "ask-instead-open-one": Words(
        "Do not start the plan as it stands. Option {number} takes its place once one open point is settled: {title}.",
        "不要按现有计划启动，改走方案 {number}，前提是先解决 1 个遗留问题：{title}。",
    ),
    "ask-pilot": Words(
        "Let option {number} start at once on the devices that are there: within {days} it shows whether that is enough, "
        "before anything is bought.",
        "同时立即用手头设备启动方案 {number}：{days}内就能看出够不够用，不必先采购。",
    ),
    "ask-late": Words(
        "With the usual delivery it comes {days} after the deadline: order only against a written date.",
        "按常见交期会比期限晚 {days}：拿到书面交期再下单。",
    ),
    "ask-stop": Words(
        "Do not start the plan as it stands: no plan was found that would work within what it demands.",
        "不要按现有计划启动：在它提出的要求之内没有找到可行的方案。",
    ),
    "ask-stop-unsearched": Words(
        "Do not start the plan as it stands; change it first, beginning with what follows.",
        "不要按现有计划启动；请先修改计划，从下面列出的问题改起。",
    ),
    "ask-conditions": Words(
        "Approve the plan on one condition: {count} serious findings are settled before money is spent.",
        "有条件批准该计划：花钱之前先解决其中 {count} 个严重问题。",
    ),
    "ask-conditions-one": Words(
        "Approve the plan on one condition: its one serious finding is settled before money is spent.",
        "有条件批准该计划：花钱之前先解决其中 1 个严重问题。",
    ),
    "ask-prefer-open": Words(
        "Prefer option {number} to the plan as it stands, once {count} open points are settled: {title}.",
        "与其执行现有计划，不如走方案 {number}，前提是先解决 {count} 个遗留问题：{title}。",
    ),
    "ask-prefer-open-one": Words(
        "Prefer option {number} to the plan as it stands, once one open point is settled: {title}.",
        "与其执行现有计划，不如走方案 {number}，前提是先解决 1 个遗留问题：{title}。",
    ),
    "ask-prefer": Words(
        "Approve option {number} rather than the plan as it stands: {title}.",
        "批准方案 {number}，而不是现有计划：{title}。",
    ),
    "ask-go": Words("Approve the plan as it stands.", "批准该计划，照现状执行。"),
    "because-counts": Words("Findings against the plan as it stands: {counts}.", "现有计划的问题：{counts}。"),
    "blockers": Words("{count} blockers", "阻断 {count} 项"),
    "blockers-one": Words("{count} blocker", "阻断 {count} 项"),
    "unfit-state": Words(
        "Weights, gradients and optimizer states alone take {state} GiB; all {count} devices together have {pool} GiB.",
        "仅权重、梯度与优化器状态就要 {state} GiB，{count} 张卡加起来只有 {pool} GiB。",
    ),
    "unfit-state-one": Words(
        "Weights, gradients and optimizer states alone take {state} GiB; the device has {pool} GiB.",
        "仅权重、梯度与优化器状态就要 {state} GiB，这张卡只有 {pool} GiB。",
    ),
    "unfit": Words(
        "For the run to go through, one device must have about {likely} GiB; it has {usable} GiB.",
        "要跑通，单卡约需 {likely} GiB，可用只有 {usable} GiB。",
    ),
    "because-none": Words("The plan as it stands: nothing speaks against it.", "现有计划：没有发现妨碍执行的问题。"),
    # the choices
    "choice": Words("Choice", "选择"),
    "choice-plan": Words("The plan as it stands", "现有计划"),
    "choice-option": Words("Option {number}", "方案 {number}"),
    "choice-recommended": Words("recommended", "推荐"),
    "choice-runner-up": Words("runner-up", "次选"),
    "choice-nothing": Words("Do nothing", "什么都不做"),
    "choice-nothing-text": Words("no project, no model of one's own", "不立项"),
    "column-verdict": Words("Verdict", "结论"),
    "column-cost": Words("Whole project", "项目总成本"),
    "column-first": Words("First result", "首个结果"),
    "column-slack": Words("Against the deadline", "距期限"),
    "column-licence": Words("Licence: {stage}", "许可证（{stage}）"),
    "first-after": Words("after {days}", "{days}后"),
    "first-none": Words("none", "无"),
    "first-unfit": Words("none: does not fit in memory", "无：显存放不下"),
    "first-unlikely": Words("hardly any: unlikely to fit in memory", "多半没有：显存大概率放不下"),
    "first-overload": Words("not under this load: memory is too small", "达不到所写负载：显存不够"),
    "first-not": Words("not with this plan", "现有计划出不了结果"),
    "first-hardly": Words("hardly with this plan", "现有计划多半出不了结果"),
    "first-not-loaded": Words("not under the load that the plan states", "达不到计划写明的负载"),
    "first-unknown": Words("unknown", "未知"),
    "slack-left": Words("{days} to spare", "余 {days}"),
    "slack-late": Words("{days} too late", "超期 {days}"),
    "slack-no-deadline": Words("no deadline stated", "未写期限"),
    "nothing-spent": Words("nothing", "0"),
    # the leader's questions
    "question-cost": Words("What does it cost in all?", "总共要花多少钱？"),
    "question-calendar": Words("When do we see something?", "什么时候能见到结果？"),
    "question-risks": Words("What may go wrong?", "可能出什么问题？"),
    "question-sale": Words("May we sell it?", "能不能对外销售？"),
    "question-nothing": Words("What if we do nothing?", "什么都不做会怎样？"),
    "question-else": Words("What else could we do?", "还有别的办法吗？"),
    "cost-parts": Words("Most of it: {parts}.", "主要构成：{parts}。"),
    "cost-part": Words("{name} {amount}", "{name} {amount}"),
    "cost-within": Words(
        "Within the budget of {budget}, its upper end included.", "在 {budget} 预算之内，取上界也不超。"
    ),
    "cost-may-exceed": Words(
        "The budget of {budget} covers the likely figure, not the upper end.",
        "{budget} 的预算够付最可能的数，但不够付上界。",
    ),
    "cost-over": Words("That is {times} the budget of {budget}.", "是 {budget} 预算的 {times}。"),
    "cost-no-budget": Words("The plan states no budget.", "计划没有写预算。"),
    "cost-zero-budget": Words("The plan's budget is zero.", "计划的预算是 0。"),
    "cost-option": Words("Option {number}: {amount}.", "方案 {number}：{amount}。"),
    "cost-unknown": Words(
        "No price is known for {what} ({tenure}). A quotation from the supplier or lessor settles it.",
        "没有 {what}（{tenure}）的价格，须向供应商或租赁方询价。",
    ),
    "cost-untimed": Words(
        "{missing} missing: without it neither time nor cost can be computed.",
        "缺少{missing}，时间与费用都无法计算。",
    ),
    "cost-unknown-short": Words("unknown", "未知"),
    "cost-incomplete": Words("Not counted, since no price is known: {parts}.", "未计入（价格未知）：{parts}。"),
    "calendar-run": Words(
        "That is the plan's first model; the result that counts takes {counted}, failures and repeats included.",
        "这是现有计划出首个模型的时间；算上故障与重跑，{counted}后才有可用结果。",
    ),
    "calendar-unfit": Words(
        "The run does not fit in memory; with enough memory the result that counts would take {counted}.",
        "显存放不下；即使显存足够，也要 {counted}才有可用结果。",
    ),
    "calendar-unlikely": Words(
        "The plan will probably run out of memory; if it fits after all, the result that counts takes {counted}.",
        "显存大概率放不下；万一放得下，要 {counted}才有可用结果。",
    ),
    "calendar-overload": Words(
        "Memory is too small for the requests and the context that the plan states; set-up takes {counted}.",
        "显存撑不住计划写明的并发与上下文；部署要 {counted}。",
    ),
    "calendar-use": Words("That is when the plan's model is in use.", "即现有计划投入使用的时间。"),
    "calendar-unknown": Words("{missing} missing, so no time can be computed.", "缺少{missing}，无法计算时间。"),
    "calendar-deadline": Words(
        "Deadline: {deadline}, {date} if the decision falls today.", "期限 {deadline}，若今天拍板即 {date}。"
    ),
    "calendar-option": Words("Option {number}: after {first}.", "方案 {number}：{first}后见结果。"),
    "calendar-delivery": Words(
        "Delivery of new devices is counted in: {weeks} weeks ({low}–{high}). Get a written date before ordering.",
        "已计入新设备的交期 {weeks} 周（{low}～{high}），下单前要拿到书面交期。",
    ),
    "risks-count": Words("{count} serious", "{count} 个严重问题"),
    "risks-none": Words("nothing serious", "无严重问题"),
    "risks-text": Words("If the plan goes ahead as it stands, the gravest of them:", "若照现有计划执行，最严重的是："),
    "risks-text-one": Words("If the plan goes ahead as it stands:", "若照现有计划执行："),
    "risks-text-medium": Words("To be watched if the plan goes ahead as it stands:", "若照现有计划执行，要留意："),
    "risks-clear": Words(
        "What remains is ordinary: a pilot confirms memory and speed before the full run.",
        "剩下的是常规工作：正式启动前用试跑确认显存与速度。",
    ),
    "risk": Words("Risk", "风险"),
    "risk-sign": Words("Sign that it happens", "触发信号"),
    "risk-do": Words("What to do", "对策"),
    "sale-allowed": Words("yes", "可以"),
    "sale-conditions": Words("yes, on conditions", "可以，有条件"),
    "sale-unknown": Words("not known", "尚不清楚"),
    "sale-ask-legal": Words("legal must decide", "须法务判断"),
    "sale-forbidden": Words("no", "不可以"),
    "sale-text": Words("Judged for {stage}: {parts}.", "按“{stage}”判断：{parts}。"),
    "sale-internal": Words(
        "As planned, {stage}: {status}. As {other}: {then}.", "计划用途“{stage}”：{status}；若“{other}”：{then}。"
    ),
    "sale-because": Words("What stands in the way: {parts}.", "卡在：{parts}。"),
    "sale-findings": Words("See {ids}.", "见 {ids}。"),
    "unnamed-data": Words("data set {number}", "第 {number} 份数据"),
    "sale-part": Words("{what} ({licence}): {status}", "{what}（{licence}）：{status}"),
    "sale-unnamed": Words("{what}: licence not known", "{what}：许可证未知"),
    "sale-more": Words("{count} more", "另有 {count} 项"),
    "the-base": Words("the base model", "基座模型"),
    "sale-option": Words("Option {number}: {status}.", "方案 {number}：{status}。"),
    "sale-decides": Words("Legal decides; this is not legal advice.", "最终由法务判断，本报告不构成法律意见。"),
    "data-no-private": Words("Data: none is stated to be private.", "数据：未写有私有数据。"),
    "data-none": Words("Data: none is trained on.", "数据：不用于训练。"),
    "data-stays": Words("Data: {level}; it stays in the house ({where}).", "数据：{level}，不出公司（{where}）。"),
    "data-rented": Words(
        "Data: {level}; it goes to rented machines ({where}).", "数据：{level}，要放到租用的机器上（{where}）。"
    ),
    "data-api": Words("Data: {level}; it leaves the house for an external service.", "数据：{level}，会发往外部服务。"),
    "data-where-unknown": Words(
        "Data: {level}; where it will be kept is not stated.", "数据：{level}，未写明存放在哪里。"
    ),
    "data-in-weights": Words(
        "With the weights, customers get what the weights remember of it.",
        "权重交给客户，等于把权重记住的内容一并交出。",
    ),
    "level-public": Words("public", "公开"),
    "level-internal": Words("internal", "内部"),
    "level-confidential": Words("confidential", "机密"),
    "level-secret": Words("secret", "涉密"),
    "level-unknown": Words("level not stated", "未定密级"),
    "where-classified-room": Words("classified room", "涉密机房"),
    "where-bare-metal": Words("bare metal", "裸金属"),
    "where-appliance": Words("appliance", "一体机"),
    "where-private-cloud": Words("private cloud", "私有云"),
    "where-shared-cloud": Words("shared cloud", "公有云"),
    "where-container": Words("containers on shared hosts", "共享主机上的容器"),
    "where-external-api": Words("external API", "外部 API"),
    "nothing-short": Words("nothing spent", "不花钱"),
    "nothing-budget": Words(
        "The budget of {budget} stays untouched, and so does the problem.", "{budget} 的预算原封不动，问题也原封不动。"
    ),
    "nothing-money": Words("The problem stays as it is.", "问题也还在。"),
    "nothing-trained": Words(
        "Nobody has measured yet what an open model with the relevant material in the prompt solves of your own cases; until then no figure says that training is worth its price, and open models keep improving.",
        "开源模型加上检索到的资料能解决多少自己的用例，还没有人测过；在此之前，没有数据能说明训练值这个钱，而开源模型一直在进步。",
    ),
    "nothing-used": Words(
        "If people already solve the same cases fast enough without it, no deployment pays.",
        "如果同样的用例不用它也解决得够快，任何部署都不划算。",
    ),
    "else-count": Words("{count} other plans", "{count} 个其他方案"),
    "else-count-one": Words("one other plan", "1 个其他方案"),
    "else-none": Words("none found", "没有找到"),
    "else-unsearched": Words("not searched", "未搜索"),
    "else-unsearched-text": Words(
        "Other plans were not searched for; `advisor options` does.", "没有搜索其他方案；可用 `advisor options` 搜索。"
    ),
    "else-recommended": Words("Recommended, option {number}: {why}", "推荐方案 {number}：{why}"),
    "else-plan": Words(
        "Recommended: the plan itself; nothing does the same cheaper, sooner or better judged.",
        "推荐现有计划本身：没有更省、更快或评价更好的做法。",
    ),
    "else-plan-conditions": Words(
        "Recommended: the plan itself, on the condition above.", "推荐现有计划本身，条件见上。"
    ),
    "else-runner-up": Words("Runner-up, option {number}: {title}. {why}", "次选方案 {number}：{title}。{why}"),
    "else-none-text": Words("No other plan was found that would work.", "没有找到其他可行的方案。"),
    "else-more": Words("{count} more below, in the comparison.", "另有 {count} 个方案见对比表。"),
    "choice-gives-up": Words("gives up: {names}", "放弃：{names}"),
    "effect-retrieval-code": Words("answers from today's code and documents", "依据当前代码与文档作答"),
    "effect-lora-code": Words(
        "form and habits of your code; facts still come from retrieval", "学会写法与习惯，事实仍靠检索"
    ),
    "effect-qlora-code": Words(
        "form and habits of your code; facts still come from retrieval", "学会写法与习惯，事实仍靠检索"
    ),
    "effect-full-code": Words(
        "behaviour on the task; facts only where often repeated", "学会任务本身，事实须反复出现才记得住"
    ),
    "effect-continued-code": Words(
        "familiarity with the code base; facts only where often repeated, other skills at risk",
        "熟悉代码库；事实须反复出现才记得住，原有能力可能下降",
    ),
    "effect-pretraining-code": Words("a model from the ground up", "从零得到一个模型"),
    "ask-conditions-medium": Words(
        "Approve the plan on one condition: {count} findings of medium weight are settled before money is spent.",
        "有条件批准该计划：花钱之前先解决其中 {count} 个中等问题。",
    ),
    "ask-conditions-medium-one": Words(
        "Approve the plan on one condition: its one finding of medium weight is settled before money is spent.",
        "有条件批准该计划：花钱之前先解决其中 1 个中等问题。",
    ),
    "nothing-pretraining": Words(
        "Open models keep improving meanwhile. Name what this one must do that none of them does; what cannot be named will not be missed.",
        "开源模型一直在进步。要说清这个模型必须做到哪些它们做不到的事；说不清的，不做也不会缺什么。",
    ),
    "effect-preference": Words("answers that people prefer; no new facts", "回答更合使用者偏好；学不到新事实"),
    "effect-rl": Words("what a reward can check; no new facts", "奖励能检验的能力；学不到新事实"),
    "effect-preference-code": Words("answers that people prefer; no new facts", "回答更合使用者偏好；学不到新事实"),
    "effect-rl-code": Words("what a reward can check; no new facts", "奖励能检验的能力；学不到新事实"),
    # sections
    "fit": Words("Does it fit?", "放得下吗"),
    "options": Words("Options compared", "方案对比"),
    "options-note": Words(
        "Each option is a whole plan that went through the same estimates and rules; `advisor options PLAN --write FOLDER` writes them as files. Each also takes about {posts} of a post to look after what is served. What any of them does for your own cases is unknown until a blind test has measured it.",
        "每个方案都是完整的计划，经过同样的估算与规则检查；用 `advisor options 计划 --write 目录` 可写成文件。另外每个方案都要约 {posts} 个人力维护推理服务。对自己的用例效果如何，盲测之前谁也不知道。",
    ),
    "column-option": Words("Option", "方案"),
    "column-result": Words("Result after", "见结果"),
    "column-effect": Words("What it does", "效果"),
    "column-upkeep": Words("Upkeep", "维护"),
    "column-sold": Words("May be sold", "能否外售"),
    "column-gives-up": Words("Gives up", "放弃的要求"),
    "effect-retrieval": Words("answers from today's documents", "依据当前资料作答"),
    "effect-lora": Words(
        "form and habits of your texts; facts still come from retrieval", "学会表达与习惯，事实仍靠检索"
    ),
    "effect-qlora": Words(
        "form and habits of your texts; facts still come from retrieval", "学会表达与习惯，事实仍靠检索"
    ),
    "effect-full": Words(
        "behaviour on the task; facts only where often repeated", "学会任务本身，事实须反复出现才记得住"
    ),
    "effect-continued": Words(
        "familiarity with the field; facts only where often repeated, other skills at risk",
        "熟悉该领域；事实须反复出现才记得住，原有能力可能下降",
    ),
    "effect-pretraining": Words("a model from the ground up", "从零得到一个模型"),
    "effect-preference-lora": Words("answers closer to what people prefer; no new facts", "回答更合偏好，不增加新知识"),
    "effect-rl-lora": Words(
        "more answers that pass the check they are rewarded by; no new facts",
        "更多回答能通过所奖励的检验，不增加新知识",
    ),
    "effect-preference-lora-code": Words(
        "answers closer to what people prefer; no new facts", "回答更合偏好，不增加新知识"
    ),
    "effect-rl-lora-code": Words(
        "more answers that pass the check they are rewarded by; no new facts",
        "更多回答能通过所奖励的检验，不增加新知识",
    ),
    "upkeep-retrieval": Words("a new index with each release", "每次发版更新索引"),
    "upkeep-trained": Words(
        "a new run about every {months} months, {compute} of devices each",
        "约每 {months} 个月重训一次，每次算力 {compute}",
    ),
    "missing": Words("Not possible, and why", "行不通的路及原因"),
    "rent-or-buy": Words("Rent, buy or API", "租、买还是调用 API"),
    "column-tenure": Words("Devices", "设备来源"),
    "column-rent-total": Words("Rented", "若租用"),
    "column-buy-total": Words("Bought, resale deducted", "若购买（扣残值）"),
    "column-break-even": Words("Buying pays from", "购买回本点"),
    "column-used": Words("Used by this project", "本项目用到"),
    "of-life-below": Words("less than {share} of their life", "不到寿命的 {share}"),
    "of-life": Words("{share} of their life", "寿命的 {share}"),
    "rent-or-buy-note": Words(
        "Devices alone, all tries included. Below the break-even, renting is cheaper. — means that no price is known. Devices "
        "that are owned already cost only their power, so they are not in the table.",
        "只算设备，含重跑。低于回本点租更划算。“—”表示没有已知价格。已有设备只花电费，不列入本表。",
    ),
    "tenure-owned": Words("owned", "自有"),
    "tenure-buy-new": Words("bought new", "新购"),
    "tenure-buy-used": Words("bought used", "购二手"),
    "tenure-rent": Words("rented", "租用"),
    "api-price": Words(
        "A hosted API of {model} costs {input} per million tokens read and {output} per million written ({provider}, {date}).",
        "{model} 的托管 API：每百万输入 token {input}，每百万输出 token {output}（{provider}，{date}）。",
    ),
    "api-break-even": Words(
        "Option {number} spends {monthly} a month on devices and power: from about {tokens} tokens read a month on, it is "
        "cheaper than the API; written tokens lower that mark.",
        "方案 {number} 的设备与电费折合每月 {monthly}：每月输入超过约 {tokens} token 时比 API 便宜；若计输出，回本点更低。",
    ),
    "api-not-allowed": Words("The plan does not allow it: {reasons}.", "但本计划不允许：{reasons}。"),
    "api-reason-confidential": Words(
        "private data of level {level} may not leave the house", "{level}级私有数据不得外传"
    ),
    "api-reason-requirement": Words("it demands {name}", "要求{name}"),
    "api-unknown": Words(
        "No price of a hosted API is known for the models in question.", "相关模型没有已知的托管 API 价格。"
    ),
    "timeline": Words("Timeline and slack", "时间线与余量"),
    "phase-delivery": Words("delivery", "到货"),
    "phase-preparation": Words("data preparation", "数据准备"),
    "phase-run": Words("one run", "一次训练"),
    "phase-repeats": Words("failures and repeats", "故障与重跑"),
    "phase-deployment": Words("set-up", "部署"),
    "column-counted": Words("Result that counts", "可用结果"),
    "timeline-note": Words(
        "Days from the decision, one phase after the other: likely (low–high). Delivery counts where devices are bought new, "
        "data preparation where private data is trained on.",
        "自拍板起的天数，各阶段依次进行：最可能（下界～上界）。新购设备计入到货时间，用私有数据训练时计入数据准备。",
    ),
    "deadline": Words("deadline, {days}", "期限 {days}"),
    "budget": Words("budget, {amount}", "预算 {amount}"),
    "usable": Words("usable on one device, {amount} GiB", "单卡可用 {amount} GiB"),
    "risks": Words("Risks", "风险"),
    "risks-table-note": Words("Everything else, in brief:", "其余问题简列如下："),
    "risks-elsewhere": Words(
        "None beside the points of the compliance checklist below.", "除下面合规检查表所列各项外，没有其他风险。"
    ),
    "who": Words("Who decides", "由谁决定"),
    "compliance": Words("Compliance checklist", "合规检查表"),
    "compliance-what": Words("Point", "事项"),
    "compliance-status": Words("Status", "状态"),
    "compliance-who": Words("Who decides", "由谁决定"),
    "compliance-do": Words("What to do", "怎么做"),
    "requirement": Words("Required: {name}", "要求：{name}"),
    "requirement-domestic-hardware": Words("domestic hardware", "国产硬件"),
    "requirement-domestic-model": Words("a domestic model", "国产模型"),
    "requirement-on-premises": Words("staying on the premises", "本地部署"),
    "requirement-no-external-api": Words("no external API", "不用外部 API"),
    "requirement-air-gapped": Words("an air gap", "物理隔离"),
    "requirement-kept": Words("kept", "满足"),
    "requirement-open": Words("open", "待定"),
    "requirement-broken": Words("broken", "不满足"),
    "duties-at": Words("Duties at: {stage}", "义务（{stage}）"),
    "who-licence": Words("Legal", "法务"),
    "who-compliance": Words("Compliance and information security, with legal", "合规与信息安全部门，会同法务"),
    "evaluation": Words("Evaluation plan", "评测方案"),
    "evaluation-first-code": Words(
        "Measure the yardstick first: an open model as it is, with the relevant code in the prompt, on the same cases.",
        "先测对照标准：开源模型不训练，把相关代码放进提示词，用同一批用例测。",
    ),
    "evaluation-first": Words(
        "Measure the yardstick first: an open model as it is, with the relevant material or good examples in the prompt, "
        "on the same cases.",
        "先测对照标准：开源模型不训练，把相关资料或好的示例放进提示词，用同一批用例测。",
    ),
    "evaluation-use": Words(
        "A blind test on real cases of the domain, with the same prompts and settings as in use, and the time to the first "
        "token and to the whole answer under the load that is planned.",
        "用领域真实用例盲测，提示词与参数同上线时一致；并在计划的负载下测首 token 时延和完整回答时延。",
    ),
    "evaluation-goal": Words("{name}: {says}", "{name}：{says}"),
    "evaluation-cases": Words(
        "Cases: about {few} for ±10 points, about {many} for ±5 points, at 95 % confidence; judged blind.",
        "用例数：约 {few} 个可达 ±10 分，约 {many} 个可达 ±5 分（95% 置信度）；盲评。",
    ),
    "evaluation-planned": Words("Planned: {names}.", "计划中已有：{names}。"),
    "evaluation-none": Words("The plan names no evaluation.", "计划没有写任何评测。"),
    "evaluation-suites": Words("Suites for this goal: {names}.", "适合该目标的评测集：{names}。"),
    "evaluation-stop": Words(
        "Stop and roll back where a general benchmark loses more than {points} points against the base.",
        "通用基准比基座下降超过 {points} 分时，停止训练并回滚。",
    ),
    "staffing": Words("Staffing", "人员"),
    "staff-stated": Words(
        "The plan has {count} engineer(s), {experience}; {call}.", "计划写明工程师 {count} 名，{experience}；{call}。"
    ),
    "staff-unstated": Words("The plan does not say who does it.", "计划没有写由谁来做。"),
    "experience-none": Words("no experience with training", "没有训练经验"),
    "experience-some": Words("some experience with training", "有一定训练经验"),
    "experience-expert": Words("expert in training", "训练经验丰富"),
    "experience-unknown": Words("experience not stated", "未写经验"),
    "call-yes": Words("somebody is on call", "有人值守"),
    "call-no": Words("nobody is on call", "无人值守"),
    "call-unknown": Words("on-call duty not stated", "未写值守安排"),
    "staff-counted": Words(
        "Counted in the cost: {count} post(s) while it runs, {preparation} engineer-months of data preparation, {evaluation} of evaluation.",
        "成本中按训练期间 {count} 个全职、数据准备 {preparation} 人月、评测 {evaluation} 人月计。",
    ),
    "staff-counted-use": Words(
        "Counted in the cost: {count} post(s) while it is set up, {evaluation} engineer-months of evaluation.",
        "成本中按部署期间 {count} 个全职、评测 {evaluation} 人月计。",
    ),
    "staff-serving": Words("To look after a served model: {count} of a post.", "维护推理服务约需 {count} 个人力。"),
    "pilot": Words("Smallest pilot", "最小试点"),
    "change": Words("What would change the advice", "什么会改变建议"),
    "assumptions": Words("Assumptions", "假设"),
    "assumption-source": Words("Source, date", "出处与日期"),
    "prices": Words("Prices used", "所用价格"),
    "figures": Words("Figures", "关键数据"),
    "layout": Words("Parallel layout, and why", "并行布局及理由"),
    "layout-devices": Words("Devices", "设备"),
    "layout-devices-value": Words("{count} × {name} in {nodes} node(s)", "{count} × {name}，{nodes} 个节点"),
    "layout-data": Words("Data parallel", "数据并行"),
    "layout-sharding": Words("Sharding", "分片"),
    "layout-tensor": Words("Tensor parallel", "张量并行"),
    "layout-pipeline": Words("Pipeline parallel", "流水线并行"),
    "layout-context": Words("Context parallel", "上下文并行"),
    "layout-expert": Words("Expert parallel", "专家并行"),
    "layout-batch": Words("Batch", "批大小"),
    "layout-recompute": Words("Recomputation", "重计算"),
    "layout-offload": Words("Offload", "卸载"),
    "layout-batch-value": Words(
        "{micro} × {accumulation} × {data} = {batch} sequences, {tokens} tokens a step",
        "{micro} × {accumulation} × {data} = {batch} 条序列，每步 {tokens} token",
    ),
    "layout-link": Words("joined by {kind}, {rate} GB/s each way a device", "节点内 {kind} 互联，单卡单向 {rate} GB/s"),
    "layout-link-unknown": Words("link inside the node: {kind}, rate unknown", "节点内互联：{kind}，速率未知"),
    "layout-network": Words("between nodes {rate} Gbit/s a device", "节点间单卡 {rate} Gbit/s"),
    "why-data": Words("what is left of the devices after the other cuts", "其余切分之后剩下的设备数"),
    "why-replicated": Words(
        "each device keeps all {state} GiB of weights, gradients and optimizer states that it needs",
        "每卡各存一份权重、梯度与优化器状态，共 {state} GiB",
    ),
    "why-zero1": Words(
        "optimizer states are divided by {n}; weights and gradients stay whole",
        "优化器状态分到 {n} 份，权重与梯度保持完整",
    ),
    "why-zero2": Words("optimizer states and gradients are divided by {n}", "优化器状态与梯度分到 {n} 份"),
    "why-zero3": Words(
        "weights, gradients and optimizer states, {state} GiB in all, are divided by {n}: {each} GiB a device",
        "权重、梯度与优化器状态共 {state} GiB，分到 {n} 份，每卡 {each} GiB",
    ),
    "why-tensor-one": Words("not cut: no layer is too large for a device", "不切分：单层放得进一张卡"),
    "why-tensor": Words(
        "inside the fast link of {domain} devices; it communicates in every layer",
        "限制在 {domain} 卡的高速互联域内；每层都要通信",
    ),
    "why-pipeline-one": Words("not cut", "不切分"),
    "why-pipeline": Words(
        "between groups that are joined more slowly; bubble {bubble} of a step", "跨较慢的互联切分；气泡占每步 {bubble}"
    ),
    "why-batch": Words("accumulation gives the batch without memory", "用梯度累积凑批大小，不占显存"),
    "why-recompute": Words(
        "activations take {activations} GiB; recomputation takes {share} of a step",
        "激活占 {activations} GiB；重计算占每步 {share}",
    ),
    "why-recompute-none": Words(
        "activations take {activations} GiB and stay in memory", "激活占 {activations} GiB，全部留在显存"
    ),
    "why-offload": Words("takes {share} of a step", "占每步 {share}"),
    "recompute-none": Words("none", "无"),
    "recompute-selective": Words("selective", "选择性"),
    "recompute-full": Words("full", "完整"),
    "replicated": Words("none (ZeRO-0)", "不分片（ZeRO-0）"),
    "cut-devices": Words("Who holds what", "切分"),
    "commands": Words("Commands", "命令"),
    "commands-note": Words(
        "Write your own paths in the place of capitals. A smoke test runs the real sequence length and micro-batch for a few steps: "
        "memory and speed show at once.",
        "大写部分换成自己的路径。冒烟测试要用真实的序列长度与微批，跑几步即可看到显存与速度。",
    ),
    "commands-for-option": Words("For option {number}: {title}.", "方案 {number}：{title}。"),
    "command-watch": Words("Watch the devices while it runs", "运行时监控设备"),
    "command-topology": Words("Check how the devices are joined", "查看设备互联"),
    "command-config": Words("Settings of the plan for {framework}: `{file}`", "计划对应的 {framework} 配置：`{file}`"),
    "command-nodes": Words(
        "Start the same command on every node: HEAD is the address of the first, RANK is 0 there and 1, 2, … on the others "
        "(`deepspeed` is started once and reads the nodes from HOSTS).",
        "每个节点执行同一条命令：HEAD 是首节点地址，RANK 在首节点为 0，其余依次为 1、2……（`deepspeed` 只需启动一次，节点列表写在 HOSTS 里）。",
    ),
    "command-smoke": Words(
        "Smoke test: {steps} steps; expect {memory} GiB a device and {step} s a step",
        "冒烟测试：跑 {steps} 步，预期单卡 {memory} GiB、每步 {step} 秒",
    ),
    "command-restore": Words(
        "Restore test: stop it, go on from the checkpoint, compare the loss", "恢复测试：中断后从检查点继续，比较损失"
    ),
    "command-disk": Words(
        "Write rate of the disk; one checkpoint is {size} GiB", "测磁盘写速率；单个检查点 {size} GiB"
    ),
    "command-serve": Words("Serve the model", "启动推理服务"),
    "command-ask": Words("First question to it", "发送第一个请求"),
    "command-none": Words(
        "No command is known for {framework}; its own guide says how.",
        "没有 {framework} 的现成命令，请按其官方指南操作。",
    ),
    "memory-title": Words("Memory of the worst device", "最紧张那张卡的显存"),
    "memory-says": Words(
        "{parts}; {total} GiB in all ({low}–{high}), {usable} GiB usable.",
        "{parts}；合计 {total} GiB（{low}～{high}），可用 {usable} GiB。",
    ),
    "memory-part": Words("{name} {size} GiB", "{name} {size} GiB"),
    "memory-total": Words("peak", "峰值"),
    "cost-title": Words("Cost of the whole project", "项目总成本"),
    "cost-says": Words("{rows}.", "{rows}。"),
    "timeline-title": Words("Days from the decision to the result that counts", "从拍板到可用结果的天数"),
    "pareto-title": Words("Cost against time", "成本与时间"),
    "pareto-says": Words(
        "No other is better all round in cost, time and risk: {front}. Beaten: {rest}.",
        "成本、时间、风险上没有方案能全面胜过：{front}。被全面胜过的：{rest}。",
    ),
    "pareto-says-all": Words(
        "No other is better all round in cost, time and risk: {front}.",
        "成本、时间、风险上没有方案能全面胜过：{front}。",
    ),
    "pareto-x": Words("days to the result that counts", "到可用结果的天数"),
    "pareto-y": Words("cost of the whole project", "项目总成本"),
    "pareto-beaten": Words("hollow: another is better all round", "空心：另有方案在三项上全面更优"),
    "pareto-beaten-by": Words("Beaten by", "不如"),
    "risk-low": Words("low risk", "低风险"),
    "risk-medium": Words("medium risk", "中风险"),
    "risk-high": Words("high risk", "高风险"),
    # signs of a risk, by topic
    "sign-memory": Words(
        "The smoke test stops with out-of-memory, or shows more than {usable} GiB on a device.",
        "冒烟测试报显存溢出，或单卡占用超过 {usable} GiB。",
    ),
    "sign-memory-use": Words(
        "The server stops with out-of-memory under {requests} requests at a time.",
        "{requests} 个并发时推理服务报显存溢出。",
    ),
    "sign-numerics-fp32": Words(
        "In the smoke test a step in 16 bit takes half the time or less, at the same loss.",
        "冒烟测试中，16 位精度每步用时不到一半，损失却一样。",
    ),
    "sign-numerics-bf16": Words(
        "The gradient norm is ten times the usual, the loss jumps and does not come back, or turns NaN.",
        "梯度范数达平时十倍，损失突增不回落，或变 NaN。",
    ),
    "sign-numerics": Words(
        "The loss scale falls to 1, the gradient norm is ten times the usual, or the loss turns NaN.",
        "损失缩放降到 1、梯度范数达平时十倍，或损失变 NaN。",
    ),
    "sign-software": Words(
        "The smoke test does not start on the pinned versions of driver, framework and kernels.",
        "在锁定的驱动、框架与算子版本上，冒烟测试跑不起来。",
    ),
    "sign-hardware": Words(
        "A device fails its acceptance test, or no date of delivery is given in writing.",
        "设备验收测试不过，或拿不到书面交期。",
    ),
    "sign-interconnect": Words(
        "In the smoke test all devices together are hardly faster than one.",
        "冒烟测试中全部卡一起跑，比单卡快不了多少。",
    ),
    "sign-parallelism": Words(
        "The launcher refuses the layout, or devices idle in the smoke test.",
        "启动器拒绝该布局，或冒烟测试中有卡空转。",
    ),
    "sign-storage": Words(
        "A checkpoint takes longer to write than to train between two, or its restore fails.",
        "写检查点比两次检查点之间的训练还久，或恢复失败。",
    ),
    "sign-time": Words(
        "After the first week the run makes fewer than {rate} tokens/s on each device.",
        "第一周后单卡速度低于 {rate} token/s。",
    ),
    "sign-time-short": Words(
        "In the first 100 steps the run makes fewer than {rate} tokens/s on each device.",
        "前 100 步单卡速度低于 {rate} token/s。",
    ),
    "sign-TIM016": Words(
        "No supplier confirms in writing a delivery that leaves time for the work.",
        "没有供应商书面承诺能赶上期限的交期。",
    ),
    "sign-EVD007": Words("A new quotation is above the price used here.", "新报价高于本报告所用价格。"),
    "sign-HWR005": Words("No supplier names the export licence in writing.", "供应商拿不出出口许可的书面证明。"),
    "sign-HWR006": Words("No supplier names the export licence in writing.", "供应商拿不出出口许可的书面证明。"),
    "sign-HWR008": Words(
        "In the smoke test a step takes many times what it takes on a training card.",
        "冒烟测试每步用时是训练卡的许多倍。",
    ),
    "sign-HWR009": Words("The training framework does not start on it.", "训练框架在这种卡上跑不起来。"),
    "sign-HWR010": Words("The training framework does not start on it.", "训练框架在这种设备上跑不起来。"),
    "sign-STO003": Words("The disk is full before the run is half done.", "训练没过半磁盘就写满。"),
    "sign-SFT001": Words(
        "A new model, kernel or security fix no longer installs on the pinned versions.",
        "新模型、新算子或安全补丁在锁定的版本上装不上。",
    ),
    "sign-SFT026": Words(
        "The smoke test stands still in its first steps until the collective times out.",
        "冒烟测试头几步就停住不动，直到集合通信超时。",
    ),
    "sign-MTD008": Words(
        "In the blind test LoRA solves as many cases as full training.", "盲测中 LoRA 解决的用例不比全参训练少。"
    ),
    "sign-MTD011": Words(
        "A general benchmark falls after the first billion tokens, while the loss on one's own data goes on falling.",
        "训练十亿 token 后通用基准已经下降，自己数据上的损失却还在降。",
    ),
    "sign-MTD028": Words("The reward rises and the blind test does not.", "奖励在涨，盲测成绩不动。"),
    "sign-MTD030": Words("The framework refuses to start.", "框架拒绝启动。"),
    "sign-MTD035": Words("The loss on texts with the new tokens does not fall.", "含新增 token 的文本上损失不下降。"),
    "sign-NUM014": Words(
        "A loss that turned NaN is noticed a day later, by chance.", "损失变成 NaN 一天后才被偶然发现。"
    ),
    "sign-licence-use": Words(
        "Legal has said no, or nothing in writing, on the day the model is to be let into use.",
        "模型上线当天，法务否决或没有书面答复。",
    ),
    "sign-cost": Words(
        "Orders and posts booked on the project pass {amount}.", "项目已下的订单与占用的人力合计超过 {amount}。"
    ),
    "sign-method": Words(
        "In the blind test the open model with retrieval solves as many cases as the trained one.",
        "盲测中，开源模型加检索解决的用例不比训练后的少。",
    ),
    "sign-data": Words(
        "A general benchmark loses more than {points} points against the base.", "通用基准比基座下降超过 {points} 分。"
    ),
    "sign-evaluation": Words(
        "On the day of the start nobody can say what an open model scores on one's own cases.",
        "启动当天没人说得出开源模型在自己用例上的得分。",
    ),
    "sign-licence": Words(
        "Legal has said no, or nothing in writing, on the day the data is frozen.",
        "数据定版当天，法务否决或没有书面答复。",
    ),
    "sign-compliance": Words(
        "Compliance has confirmed nothing in writing on the day the money is to be released.",
        "准备付款时，合规部门仍没有书面确认。",
    ),
    "sign-operations": Words(
        "A stop at night is noticed in the morning, or a restore was never tried.",
        "夜里中断到早上才发现，或从没试过恢复。",
    ),
    "sign-team": Words(
        "On the day of the start no engineer who has trained a model is named.",
        "启动当天还没有确定一名训过模型的工程师。",
    ),
    "sign-evidence": Words(
        "A measurement of the pilot lies outside the range of its estimate.", "试点实测值落在估算区间之外。"
    ),
    # several plans
    "compared-title": Words("Recommendation: {count} plans compared", "建议：{count} 个计划对比"),
    "compared-plan": Words("Plan", "计划"),
    "compared-number": Words("Plan {number}", "计划 {number}"),
    "column-licence-at-use": Words("Licence", "许可证"),
    "compared-ask": Words(
        "Of the {count} plans, {name} is judged best: {verdict}, {cost}, {first}.",
        "{count} 个计划中评价最好的是 {name}：{verdict}，{cost}，{first}。",
    ),
    "compared-none": Words(
        "None of the {count} plans can be started as it stands.", "{count} 个计划都不能照现状启动。"
    ),
    "compared": Words("The plans side by side", "计划对照"),
    "compared-gravest": Words("Gravest finding", "最严重的问题"),
}
