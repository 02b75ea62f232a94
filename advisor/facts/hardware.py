"""Facts about devices, links, network and storage."""

from __future__ import annotations

import math

from advisor.facts.registry import Fact, State, flag, number, share_of, text
from advisor.pricing import practice_of

PLATFORMS = ("cuda", "rocm", "cann", "gaudi", "tpu", "neuron", "metal", "musa", "oneapi", "other")
MOST_IN_A_WORKSTATION = 8
LINKS = ("nvlink", "pcie", "hccs", "infinity-fabric", "ici", "neuronlink", "xe-link", "mtlink", "other", "none")


def _name(s: State) -> str | None:
    device = s.case.device
    if device is None:
        return None
    return device.name if isinstance(device.name, str) else device.name.en


def _sunset(s: State) -> bool | None:
    device = s.case.device
    if device is None:
        return None
    software = device.software
    if software.sunset_on is not None:
        return software.sunset_on <= s.case.today
    return bool(software.cuda_last or software.pytorch_last)


def _last_software(s: State) -> str | None:
    software = s.case.device.software if s.case.device else None
    if software is None:
        return None
    parts = [f"CUDA {software.cuda_last}"] if software.cuda_last else []
    parts += [f"PyTorch {software.pytorch_last}"] if software.pytorch_last else []
    return " / ".join(parts) or None


def _power_kw(s: State) -> float | None:
    if s.case.system is not None and s.case.system.power_kw:
        return s.case.system.power_kw * s.run.layout.devices / s.case.system.devices
    watts = s.run.machine.power_w
    return None if watts is None else watts * s.run.layout.devices / 1000


def _network_gbps(s: State) -> float | None:
    network = s.run.machine.network
    if network is None or network.bytes_per_second is None:
        return None
    return network.bytes_per_second * s.run.layout.per_node * 8 / 1e9


def _disk_needed(s: State) -> float | None:
    if s.memory is None or not s.trains:
        return None
    kept = s.case.plan.training.keep_checkpoints or 3
    data = sum(row.entry.size or (row.tokens or 0) * 4 for row in s.case.data)
    weights = s.memory.parts["weights"] if s.recipe.adapters else 0.0
    return s.memory.checkpoint_gib * (kept + 1) + weights + data / 2**30


def _hardware(s: State, field: str) -> object:
    return getattr(s.case.plan.hardware, field) if s.case.plan.hardware else None


def _disk(s: State) -> float | None:
    disk = s.case.plan.hardware.disk if s.case.plan.hardware else None
    return None if disk is None else disk / 2**30


def _loose_module(s: State) -> bool | None:
    if s.case.device is None:
        return None
    form = (s.case.device.form_factor or "").upper()
    return s.case.system is None and form.startswith(("SXM", "OAM"))


def _network_rdma(s: State) -> bool | None:
    network = s.case.plan.hardware.network if s.case.plan.hardware else None
    if network is None or network.kind is None or s.run.layout.nodes <= 1:
        return None
    return network.kind in {"roce", "infiniband"}


def _in_data_centre(s: State) -> bool:
    project = s.case.plan.project
    cloud = project is not None and project.environment in {"private-cloud", "shared-cloud", "container"}
    return cloud or s.run.layout.nodes > 1 or s.run.layout.devices > MOST_IN_A_WORKSTATION


def _write_seconds(s: State) -> float | None:
    """Seconds to write one checkpoint at the usual rate of the storage."""
    if s.memory is None:
        return None
    return s.memory.checkpoint_gib * 2**30 / practice_of(s.case, None).checkpoint_bytes_per_second


def _failure_hours(s: State) -> float | None:
    return share_of(24.0, s.failures_per_device_day * s.run.layout.devices) if s.trains else None


def _stop_loss(s: State) -> float | None:
    """Share of time lost by going back half an interval at every hardware failure."""
    return share_of(None if s.checkpoint_hours is None else s.checkpoint_hours / 2, _failure_hours(s))


def _write_share(s: State) -> float | None:
    seconds, hours = _write_seconds(s), s.checkpoint_hours
    return None if seconds is None or hours is None else share_of(seconds / 3600, hours)


def _best_interval(s: State) -> float | None:
    """Young's interval √(2·δ·M): δ to write a checkpoint, M between failures (doi 10.1145/361147.361115)."""
    seconds, hours = _write_seconds(s), _failure_hours(s)
    return None if seconds is None or hours is None else math.sqrt(2 * seconds / 3600 * hours)


FACTS: tuple[Fact, ...] = (
    flag("device.given", "The plan names a device", "计划写明了设备", lambda s: s.case.device is not None),
    text("device.name", "Name of the device", "设备名称", _name),
    text("device.vendor", "Maker of the device", "设备厂商", lambda s: s.case.device.vendor if s.case.device else None),
    text("device.country", "Country of the device's maker", "设备厂商所在国家/地区",
         lambda s: s.case.device.country if s.case.device else None),
    text("device.platform", "Software platform", "软件平台",
         lambda s: s.case.device.software.platform if s.case.device else None, PLATFORMS),
    text("device.architecture", "Chip generation", "芯片架构",
         lambda s: s.case.device.architecture.lower() if s.case.device and s.case.device.architecture else None),
    number("device.compute_capability", "", "CUDA compute capability", "CUDA 计算能力",
           lambda s: s.run.machine.compute_capability),
    flag("device.bf16", "bf16 arithmetic in hardware", "硬件支持 bf16 运算",
         lambda s: s.case.device.bf16 if s.case.device else None),
    flag("device.fp8", "fp8 arithmetic in hardware", "硬件支持 fp8 运算",
         lambda s: s.case.device.fp8 if s.case.device else None),
    flag("device.flash_attention", "FlashAttention-2 or the vendor's own fused attention runs",
         "可运行 FlashAttention-2 或厂商自研的融合注意力算子",
         lambda s: s.case.device.software.flash_attention if s.case.device else None),
    flag("device.flash_attention_stock", "The stock flash-attn wheel runs", "可运行官方 flash-attn 包",
         lambda s: s.case.device.software.flash_attention_stock if s.case.device else None),
    text("device.bitsandbytes", "bitsandbytes support", "bitsandbytes 支持情况",
         lambda s: s.case.device.software.bitsandbytes if s.case.device else None, ("yes", "4bit-only", "partial", "no")),
    text("device.deepspeed", "DeepSpeed support", "DeepSpeed 支持情况",
         lambda s: s.case.device.software.deepspeed if s.case.device else None, ("yes", "partial", "no")),
    flag("device.sunset", "The newest tool chain no longer builds for the device", "最新工具链已不再支持该设备", _sunset),
    text("device.last_software", "Last tool chain for the device", "支持该设备的最后版本工具链", _last_software),
    number("device.memory_gib", "GiB", "Memory of one device", "单卡显存", lambda s: s.run.machine.memory_gib or None),
    number("device.usable_gib", "GiB", "Memory of one device that a process can use", "单卡可用显存",
           lambda s: s.run.machine.usable_gib or None),
    number("device.bandwidth_gb_s", "GB/s", "Memory bandwidth of one device", "单卡显存带宽",
           lambda s: None if s.run.machine.bandwidth is None else s.run.machine.bandwidth / 1e9),
    number("device.peak_tflops", "TFLOP/s", "Dense peak at the plan's precision", "计划所用精度下的稠密峰值算力",
           lambda s: None if (peak := s.run.machine.peak.get(s.recipe.precision)) is None else peak / 1e12),
    number("device.peak_fp32_tflops", "TFLOP/s", "Peak at fp32", "fp32 峰值算力",
           lambda s: None if (peak := s.run.machine.peak.get("fp32")) is None else peak / 1e12),
    flag("device.unified_memory", "Device and host share one memory", "设备与主机共用内存",
         lambda s: s.case.device.unified_memory if s.case.device else None),
    text("device.lifecycle", "Where the device stands in its life", "设备所处的生命周期",
         lambda s: s.case.device.lifecycle if s.case.device else None,
         ("current", "announced", "legacy", "end-of-life", "modified")),
    text("device.export_to_china", "Export status towards China", "对华出口管制状态",
         lambda s: s.case.device.export.to_china if s.case.device and s.case.device.export else None,
         ("free", "restricted", "licence", "unclear", "domestic")),
    flag("device.data_centre_licence", "The driver licence allows data centres", "驱动许可允许用于数据中心",
         lambda s: s.case.device.data_centre_licence if s.case.device else None),
    number("device.release_year", "", "Year of release", "发布年份",
           lambda s: s.case.device.release_year if s.case.device else None),
    number("device.age_years", "years", "Years since release", "发布至今年数",
           lambda s: s.case.today.year - s.case.device.release_year
           if s.case.device and s.case.device.release_year else None),
    text("link.kind", "Link between devices of a node, as the device has it", "节点内设备互联方式（以设备实际为准）",
         lambda s: s.run.machine.link.kind if s.case.device else None, LINKS),
    text("link.stated", "Link that the plan states", "计划写明的互联方式",
         lambda s: str(v) if (v := _hardware(s, "interconnect")) is not None else None,
         ("nvlink", "pcie", "hccs", "infinity-fabric", "none")),
    flag("link.contradicts", "The plan states a link that the device does not have", "计划写明的互联方式该设备并不具备",
         lambda s: "interconnect" in s.case.contradictions),
    flag("link.fast", "A link faster than PCIe joins the devices", "设备之间有快于 PCIe 的互联",
         lambda s: s.run.machine.link.kind not in {"pcie", "none"} if s.case.device else None),
    flag("link.p2p", "Devices reach each other's memory directly", "设备之间可直接互访显存",
         lambda s: s.run.machine.link.p2p if s.case.device else None),
    number("link.gb_s", "GB/s", "Link rate per device, both ways together", "单卡互联带宽（双向合计）",
           lambda s: None if s.run.machine.link.bytes_per_second is None
           else s.run.machine.link.bytes_per_second * 2 / 1e9),
    number("link.domain", "devices", "Devices that the link joins", "高速互联域内的设备数",
           lambda s: s.run.machine.link.domain if s.case.device else None),
    text("link.topology", "Shape of the link", "互联拓扑",
         lambda s: (s.case.system.interconnect.topology if s.case.system and s.case.system.interconnect
                    else s.case.device.interconnect.topology) if s.case.device else None,
         ("all-to-all", "hybrid-cube-mesh", "ring", "mesh", "torus", "pairs", "bus")),
    flag("network.needed", "The run spans several nodes", "训练跨多个节点", lambda s: s.run.layout.nodes > 1),
    flag("network.stated", "The plan states the network between nodes", "计划写明了节点间网络",
         lambda s: s.case.plan.hardware is not None and s.case.plan.hardware.network is not None
         and s.case.plan.hardware.network.speed is not None),
    number("network.gbps", "Gbit/s", "Network rate of one node", "单节点网络带宽", _network_gbps),
    text("network.kind", "Kind of network", "网络类型",
         lambda s: s.run.machine.network.kind if s.run.machine.network else None, ("ethernet", "roce", "infiniband")),
    text("storage.kind", "Where the training data lies", "训练数据所在存储",
         lambda s: str(v) if (v := _hardware(s, "storage")) is not None else None,
         ("nvme", "parallel-flash", "nas", "hdd")),
    number("storage.disk_gib", "GiB", "Disk in the plan", "计划中的磁盘容量", _disk),
    number("storage.needed_gib", "GiB", "Disk for checkpoints kept, weights and data", "检查点、权重与数据所需磁盘", _disk_needed),
    number("storage.fill", "x", "Disk needed over disk in the plan", "所需磁盘与计划磁盘之比",
           lambda s: share_of(_disk_needed(s), _disk(s))),
    text("hardware.tenure", "How the hardware is held", "硬件来源",
         lambda s: str(v) if (v := _hardware(s, "tenure")) is not None else None, ("owned", "buy-new", "buy-used", "rent")),
    number("hardware.power_kw", "kW", "Power of all devices", "全部设备功耗", _power_kw),
    number("device.half_over_single", "x", "Dense peak at fp16 over the one at fp32", "fp16 稠密峰值与 fp32 峰值之比",
           lambda s: share_of(s.run.machine.peak.get("fp16"), s.run.machine.peak.get("fp32"))),
    flag("device.loose_module", "The device is a module for a carrier board and the plan names no whole system",
         "设备是需要载板的模组，且计划未写整机型号", _loose_module),
    number("link.pair_gb_s", "GB/s", "Link rate between two devices, both ways together", "任意两卡之间的互联带宽（双向合计）",
           lambda s: None if (pair := s.run.machine.link.per_pair_bytes_per_second) is None else pair * 2 / 1e9),
    flag("network.assumed", "The network between nodes is assumed", "节点间网络为假设值",
         lambda s: any(a.key in {"network-unknown", "network-usual"} for a in s.case.assumptions)),
    flag("network.usual", "The assumed network is the usual one of nodes of eight linked devices",
         "假设的网络是八卡互联节点的常见配置", lambda s: any(a.key == "network-usual" for a in s.case.assumptions)),
    flag("network.rdma", "The stated network reads remote memory directly (RDMA)", "计划写明的网络支持 RDMA", _network_rdma),
    flag("hardware.in_data_centre", "Environment or number of devices mean a data centre", "从环境或设备数量看属于数据中心部署",
         _in_data_centre),
    number("hardware.node_power_kw", "kW", "Power of one node's devices", "单节点设备功耗",
           lambda s: share_of(_power_kw(s), s.run.layout.nodes)),
    number("storage.failure_hours", "hours", "Hours between hardware failures that stop the job", "导致任务中断的硬件故障平均间隔",
           _failure_hours),
    number("storage.stop_loss_share", "share", "Time lost by going back to the last checkpoint", "回退到上一个检查点损失的时间占比",
           _stop_loss),
    number("storage.write_share", "share", "Time that writing checkpoints takes", "写检查点所占时间比例", _write_share),
    number("storage.best_interval_hours", "hours", "Interval between checkpoints that loses the least time",
           "损失时间最少的检查点间隔", _best_interval),
    number("device.flop_per_byte", "", "Peak at the plan's precision over memory bandwidth, FLOP per byte",
           "计划精度下峰值算力与显存带宽之比（FLOP/字节）",
           lambda s: share_of(s.run.machine.peak.get(s.recipe.precision), s.run.machine.bandwidth)),
    number("storage.interval_over_best", "x", "Stated interval between checkpoints over the one that loses the least time",
           "写明的检查点间隔与损失最少的间隔之比", lambda s: share_of(s.checkpoint_hours, _best_interval(s))),
)  # fmt: skip
