"""Why a value that a plan does not state was taken."""

from __future__ import annotations

from advisor.words import Words

WORDS: dict[str, Words] = {
    "model-hosted": Words(
        "A model behind its maker's API; its size is not published, and nothing is computed from it.",
        "只能通过厂商 API 使用的模型；规模未公开，不据此做任何估算。",
    ),
    "model-unknown-shape-stated": Words(
        "The knowledge base has no model {name}; the sizes that the plan states are used.",
        "知识库中没有模型 {name}；按计划写明的结构尺寸估算。",
    ),
    "shape-from-parameters": Words(
        "Only the number of parameters is known: a dense decoder of that size is assumed as such models are published, "
        "with {layers} layers of width {hidden}, grouped-query attention, a gated feed-forward layer and a vocabulary "
        "of {vocabulary}.",
        "只知道参数量：按同等规模已发布模型的常见结构估算，即 {layers} 层、隐藏维度 {hidden}、分组查询注意力、门控前馈层、"
        "词表 {vocabulary} 的稠密解码器。",
    ),
    "shape-from-active": Words(
        "Only the total and the active parameters are known: a mixture of experts of that size is assumed, with "
        "{layers} layers of width {hidden}, {experts} experts, {chosen} of them for each token, and a vocabulary of "
        "{vocabulary}.",
        "只知道总参数量和激活参数量：按同等规模的混合专家模型估算，即 {layers} 层、隐藏维度 {hidden}、{experts} 个专家（每个 token "
        "激活 {chosen} 个）、词表 {vocabulary}。",
    ),
    "config-unusable": Words("The configuration file is not used: {reason}", "未使用该配置文件：{reason}"),
    "shape-from-sizes": Words(
        "The architecture is stated in part; the missing sizes follow the usual proportions.",
        "模型结构只写明一部分；缺少的尺寸按常见比例补齐。",
    ),
    "parameters-win": Words(
        "The sizes multiply to {counted}; the stated number of parameters wins.",
        "按结构尺寸算得 {counted}，以写明的参数量为准。",
    ),
    "system-devices": Words(
        "The plan names a whole system; each has {devices} devices.", "计划写的是整机；每台含 {devices} 张卡。"
    ),
    "one-device": Words("The plan states no count; one device.", "计划未写数量，按 1 张卡计算。"),
    "nodes-from-count": Words(
        "Not stated; up to {most} of these devices stand in one node.", "计划未写；此类设备单节点最多 {most} 张。"
    ),
    "divided": Words(
        "Not stated; the least division at which the states fit in such a framework, with {pipeline} pipeline stage(s).",
        "计划未写；按此类框架能放下状态的最小切分估算，流水线 {pipeline} 级。",
    ),
    "nodes-uneven": Words(
        "{count} devices do not divide by the nodes; whole devices per node are counted down.",
        "{count} 张卡不能被节点数整除；每节点卡数向下取整。",
    ),
    "layout-too-large": Words(
        "Tensor × pipeline × context parallelism asks for {asked} devices, the plan has {count}; the degrees were cut to fit.",
        "张量 × 流水线 × 上下文并行需要 {asked} 张卡，计划只有 {count} 张；已按可用卡数下调。",
    ),
    "layout-uneven": Words(
        "{count} devices do not divide by {asked}; the data-parallel degree is counted down.",
        "{count} 张卡不能被 {asked} 整除；数据并行度向下取整。",
    ),
    "usable-unknown": Words(
        "What the driver reports for this device is not known; {share:.1%} of the nominal memory is usual.",
        "该设备驱动上报的可用显存未知；按标称容量的 {share:.1%} 估算（常见比例）。",
    ),
    "interconnect-absent": Words(
        "The device has no {stated} link; the devices talk over PCIe.", "该设备没有 {stated} 互联，设备之间走 PCIe。"
    ),
    "network-of-system": Words("The network that the system comes with.", "该整机自带的网络。"),
    "network-usual": Words(
        "Not stated; usual for nodes of eight linked devices.", "计划未写；八卡互联节点的常见配置。"
    ),
    "network-unknown": Words("Not stated; a usual rate for a training node.", "计划未写；按训练节点的常见速率估算。"),
    "qlora-nf4": Words("QLoRA stores the frozen base in 4-bit NF4.", "QLoRA 以 4 位 NF4 保存冻结的基座。"),
    "lora-rank": Words("Not stated; the usual rank.", "计划未写；取常用的秩。"),
    "lora-targets": Words("Not stated; all linear layers train best.", "计划未写；作用于所有线性层效果最好。"),
    "lora-targets-unknown": Words(
        "{names}: no linear layer that is known; all linear layers are counted.",
        "{names}：不是已知的线性层；按全部线性层计算。",
    ),
    "optimizer": Words("Not stated; the usual optimizer.", "计划未写；取常用优化器。"),
    "precision-fp16": Words(
        "Not stated; {device} has no bf16, so fp16 with loss scaling.",
        "计划未写；{device} 不支持 bf16，因此按 fp16 加损失缩放计算。",
    ),
    "precision-bf16": Words("Not stated; the usual precision on this device.", "计划未写；该设备上的常用精度。"),
    "framework": Words("Not stated; the commonest one for this kind of run.", "计划未写；取此类训练最常用的框架。"),
    "framework-unknown": Words(
        "{given} is not among the frameworks whose memory habits are known; the commonest one for this kind of run.",
        "{given} 的显存特性未知；取此类训练最常用的框架。",
    ),
    "sharding-adapters-large": Words(
        "Not stated; the 16-bit base leaves no room on one device, so ZeRO-3 or FSDP is assumed.",
        "计划未写；16 位基座放进单卡后已无余量，因此按 ZeRO-3/FSDP 分片估算。",
    ),
    "sharding-adapters": Words(
        "Not stated; adapters are usually trained with plain data parallelism.",
        "计划未写；适配器训练通常用普通数据并行。",
    ),
    "sharding-habit": Words(
        "Not stated; {framework} shards weights, gradients and optimizer states on several devices.",
        "计划未写；{framework} 在多卡上默认对权重、梯度与优化器状态分片。",
    ),
    "sharding-megatron": Words(
        "Not stated; with tensor or pipeline parallelism the optimizer states are usually sharded over the data-parallel ranks.",
        "计划未写；采用张量或流水线并行时，通常只在数据并行组内对优化器状态分片。",
    ),
    "sharding-full": Words(
        "Not stated; full sharding gives the run its best chance.", "计划未写；完整分片最有可能放得下。"
    ),
    "master-weights": Words(
        "Not stated; mixed precision keeps fp32 master weights.", "计划未写；混合精度训练保留 fp32 主权重。"
    ),
    "master-weights-habit": Words(
        "Not stated; {framework} trains in 16 bits without fp32 master weights unless told otherwise.",
        "计划未写；{framework} 默认以纯 16 位训练，不保留 fp32 主权重。",
    ),
    "recompute-habit": Words(
        "Not stated; what {framework} does unless told otherwise.", "计划未写；取 {framework} 的默认做法。"
    ),
    "recompute": Words(
        "Not stated; training of language models usually recomputes activations.",
        "计划未写；大模型训练通常开启激活重计算。",
    ),
    "sequence-from-data": Words("Not stated; the length of the data's samples.", "计划未写；取数据样本的长度。"),
    "sequence": Words("Not stated; a usual length.", "计划未写；取常用长度。"),
    "micro-batch-from-global": Words(
        "Not stated; follows from the global batch and the accumulation.", "计划未写；由全局批大小与累积步数推得。"
    ),
    "micro-batch-gathered": Words(
        "Not stated; the largest that fits with room, because every micro-batch gathers all weights across nodes.",
        "计划未写；每个微批都要跨节点收集全部权重，因此取留有余量的最大值。",
    ),
    "accumulation-gathered": Words("What is left of the step after the micro-batch.", "除去微批后余下的累积步数。"),
    "served-as-named": Words(
        "Not stated; the name of the model ends in {ending}.", "计划未写；模型名称以 {ending} 结尾，按此存储格式部署。"
    ),
    "served-as-released": Words(
        "The makers release this model in {released}; it is served as it is released.",
        "该模型以 {released} 发布，按发布格式部署。",
    ),
    "micro-batch": Words(
        "Not stated; the smallest, because accumulation gives any batch without memory.",
        "计划未写；取最小值，梯度累积可在不增加显存的情况下得到任意批大小。",
    ),
    "attention-flash": Words(
        "Not stated; FlashAttention-2 or the vendor's own fused kernel runs on this device.",
        "计划未写；该设备可运行 FlashAttention-2 或厂商自研的融合算子。",
    ),
    "attention-sdpa": Words(
        "Not stated; FlashAttention-2 does not run on this device, memory-efficient attention does.",
        "计划未写；该设备不能运行 FlashAttention-2，改用省显存的 SDPA。",
    ),
    "packing-mean-given": Words(
        "A mean sample length is given, so samples are not packed.", "计划给出了平均样本长度，因此视为未打包。"
    ),
    "packing": Words(
        "Not stated; samples packed to the sequence length, so no padding is counted.",
        "计划未写；视为打包到序列长度，不计填充。",
    ),
    "completions": Words(
        "Reinforcement learning answers every prompt several times; {completions} answers a prompt are counted.",
        "强化学习对每个提示生成多个回答；按每个提示 {completions} 个回答计。",
    ),
    "padding": Words(
        "Samples are not packed: each is padded to the longest of its micro-batch, and the padding is processed too.",
        "样本未打包：每条都填充到微批中最长的一条，填充部分同样要计算，并计入处理的 token 数。",
    ),
    "batch-contradicts": Words(
        "The plan states a global batch of {stated}, but micro-batch × accumulation × data-parallel ranks is {product}; the product is used.",
        "计划写的全局批大小为 {stated}，而微批 × 累积 × 数据并行数为 {product}；以后者为准。",
    ),
    "batch-uneven": Words(
        "A global batch of {stated} is no multiple of {per_pass} sequences per pass; {got} are used.",
        "全局批大小 {stated} 不是每轮 {per_pass} 条序列的整数倍；按 {got} 计算。",
    ),
    "accumulation": Words(
        "Not stated; makes steps of {tokens} tokens, a usual size.",
        "计划未写；使每步约 {tokens} 个 token，属常用规模。",
    ),
    "epochs": Words("Not stated; one pass.", "计划未写；按一轮计算。"),
    "tokens-per-byte-measured": Words(
        "{rate} tokens per byte, measured with the tokenizer {tokenizer}.",
        "每字节 {rate} 个 token，由 {tokenizer} 分词器实测。",
    ),
    "tokens-per-byte-usual": Words(
        "{rate} tokens per byte, usual for {kind} with current tokenizers.",
        "每字节 {rate} 个 token，为当前分词器处理此类文本（{kind}）的常见值。",
    ),
    "tokens-from-samples": Words("Not stated; {length} tokens a sample.", "计划未写；按每条 {length} 个 token 计算。"),
    "serving-requests": Words("Not stated; a small team at work.", "计划未写；按小团队日常使用估算。"),
    "serving-context": Words("Not stated; room for a question with some code.", "计划未写；够放下一个问题和若干代码。"),
    "owned-is-sunk": Words(
        "The devices are there already: their price is spent, so that only power and cooling are counted.",
        "设备已经在手，购置成本视为已发生，只计电费与制冷。",
    ),
    "tenure-rent": Words("Not stated; rented by the hour.", "计划未写；按小时租用计算。"),
    "price-known": Words(
        "Prices seen on {date}: {count} quotation(s), {low}–{high} {currency} a device and hour.",
        "{date} 前后的报价 {count} 条，每卡每小时 {low}–{high} {currency}。",
    ),
    "price-purchase": Words(
        "Prices seen on {date}: {count} quotation(s), {low}–{high} {currency} a device.",
        "{date} 前后的报价 {count} 条，每张卡 {low}–{high} {currency}。",
    ),
    "exchange": Words("1 {currency} = {rate} CNY, as of {date}.", "1 {currency} = {rate} CNY（{date}）。"),
    "staff": Words("Not stated; {count} engineer(s) while it runs.", "计划未写；项目进行期间按 {count} 名工程师计算。"),
    "staff-nobody": Words(
        "The plan has nobody for it; the cost counts {count} engineer(s), because somebody must run it.",
        "计划里没有工程师；训练总要有人来跑，成本按 {count} 名工程师计算。",
    ),
    "power": Words("The power of the device is not known; {watts} W is assumed.", "设备功耗未知；按 {watts} W 计算。"),
}
