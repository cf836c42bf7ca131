import { enlarged } from '../../print/paint';
import { framesOf, type Paper } from '../../print/paper';
import type { Item } from '../../print/sheet';

/** Units per millimetre: letters of two units are below what browsers allow. */
const units = 10;

interface Props {
  items: readonly Item[];
  paper: Paper;
  /** Address of the picture of the map. */
  picture: string;
  label: string;
}

/** A sheet as it is printed: its letters stay letters. */
export function SheetView({ items, paper, picture, label }: Props) {
  const { width, height } = framesOf(paper).paper;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a drawing is no set of fields
    <svg
      className={`sheet-page ${paper}`}
      viewBox={`0 0 ${width * units} ${height * units}`}
      role="group"
      aria-label={label}
    >
      {items.map((item, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: items have nothing but their order
        <One key={i} item={enlarged(item, units)} picture={picture} />
      ))}
    </svg>
  );
}

function One({ item, picture }: { item: Item; picture: string }) {
  if (item.is === 'picture') {
    const { x, y, width, height } = item;
    return <image href={picture} x={x} y={y} width={width} height={height} preserveAspectRatio="none" />;
  }
  if (item.is === 'text') {
    return (
      <text
        x={item.x}
        y={item.y}
        fontSize={item.size}
        fontWeight={item.bold ? 600 : 400}
        fill={item.colour}
        textAnchor={item.anchor ?? 'start'}
        data-part={item.part}
      >
        {item.text}
      </text>
    );
  }
  const look = { fill: item.fill, stroke: item.stroke, strokeWidth: item.line };
  if (item.is === 'circle') return <circle cx={item.x} cy={item.y} r={item.r} {...look} />;
  if (item.is === 'rect') {
    return <rect x={item.x} y={item.y} width={item.width} height={item.height} {...look} />;
  }
  return <polygon points={item.points.map((point) => point.join()).join(' ')} {...look} />;
}
